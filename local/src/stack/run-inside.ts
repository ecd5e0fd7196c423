import { join } from 'node:path';

import { execa } from 'execa';

import type { Environment, Settings } from '../setup/settings.ts';
import { airflowEnvironment } from './airflow.ts';
import { writeCommands } from './commands.ts';

/** Runs a command in this terminal with the stack's environment and commands; returns its exit code. */
export async function runInside(settings: Settings, command: string, args: readonly string[] = []): Promise<number> {
  await writeCommands(settings);
  const result = await execa(command, args, {
    env: { ...(await airflowEnvironment(settings)), ...pathWith(settings) },
    stdio: 'inherit',
    reject: false,
  });
  return result.exitCode ?? 1;
}

/** An interactive shell with the stack's commands. */
export async function openShell(settings: Settings, greeting: string): Promise<number> {
  process.stdout.write(`${greeting}\nLeave with: exit\n`);
  // oxlint-disable-next-line node/no-process-env -- the user's shell
  return await runInside(settings, process.env['SHELL'] ?? '/bin/sh');
}

function pathWith(settings: Settings): Environment {
  // oxlint-disable-next-line node/no-process-env -- a child's environment, not this program's config
  return { PATH: [settings.folders.bin, join(process.execPath, '..'), process.env['PATH']].join(':') };
}
