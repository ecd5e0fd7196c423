import { Command } from '@commander-js/extra-typings';
import { createLogger } from '@pulse/runtime';

import { jsonOption } from './program/perform.ts';
import { createConfig } from './settings/config.ts';

/** Runs what each start of a step runs, so that a snapshot taken afterwards holds it compiled. Leaves nothing behind. */
export async function warmUp(): Promise<void> {
  performance.now();
  await readCommandLine();
  // Two of the four steps read from Kafka or tell it where they are.
  await import('./kafka/kafka-source.ts');
  createConfig({});
  const { rehearse } = await import('./rehearse.ts');
  await rehearse();
  await createLogger({ name: 'etl', level: 'silent', format: 'json' });
  // As pg's SCRAM does to log in.
  const key = await crypto.subtle.importKey('raw', new Uint8Array(1), 'PBKDF2', false, ['deriveBits']);
  const salt = new Uint8Array(16);
  await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: 1 }, key, 256);
}

/** Reads a command line like that of a step, and does nothing. */
async function readCommandLine(): Promise<void> {
  const program = new Command();
  program
    .command('step')
    .requiredOption('--batch <id>')
    .addOption(jsonOption())
    .action(() => undefined);
  await program.parseAsync(['step', '--batch', 'rehearsal', '--json'], { from: 'user' });
}
