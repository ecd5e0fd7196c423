import { join } from 'node:path';

import { execa } from 'execa';

import { tailOf } from '../process/service.ts';
import type { Environment, Settings } from '../setup/settings.ts';
import { stackMarker } from './orphans.ts';

export interface OneShot {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly environment: Environment;
  readonly timeoutMs: number;
}

/**
 * Runs a program to its end, with its output in the stack's logs.
 * @throws Error with the end of that log when it fails.
 */
export async function runOnce(settings: Settings, job: OneShot): Promise<void> {
  const logFile = join(settings.folders.logs, `${job.name}.log`);
  const [command, ...args] = job.command;
  const result = await execa(command, args, {
    env: { ...baseEnvironment(), ...job.environment, [stackMarker]: settings.folders.stack },
    extendEnv: false,
    stdin: 'ignore',
    stdout: { file: logFile, append: true },
    stderr: { file: logFile, append: true },
    buffer: false,
    reject: false,
    timeout: job.timeoutMs,
  });
  if (result.exitCode === 0) return;
  const how = result.timedOut ? `is not done after ${job.timeoutMs} ms` : `ended with code ${result.exitCode}`;
  throw new Error(`${job.name} ${how}. The end of ${logFile}:\n${await tailOf(logFile)}`);
}

const passedOn =
  /^(PATH|HOME|USER|LANG|TZ|JAVA_HOME|SSL_CERT_FILE|REQUESTS_CA_BUNDLE|(HTTPS?|NO)_PROXY|(https?|no)_proxy)$/;

/** What programs of a stack inherit from the caller: paths of tools and certificates, proxies, and no settings. */
export function baseEnvironment(): Environment {
  // oxlint-disable-next-line node/no-process-env -- a child's environment, not this program's config
  const entries = Object.entries(process.env).filter(([name]) => passedOn.test(name));
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
