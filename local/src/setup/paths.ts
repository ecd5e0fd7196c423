import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { isReachableByAll } from '../process/private-folder.ts';
import { serverAccount } from '../postgres/account.ts';
import { sharedFolder } from '../postgres/binaries.ts';

/** The checkout. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** What is installed once for every local stack of this checkout. */
export const installed = join(root, '.local');

/** The folders of one local stack. */
export interface StackFolders {
  readonly stack: string;
  readonly airflow: string;
  readonly kafka: string;
  readonly postgres: string;
  readonly staging: string;
  readonly logs: string;
  readonly run: string;
  /** Commands on the PATH of `make shell-…`. */
  readonly bin: string;
  /** Supervisor's control socket. Elsewhere if the path would be too long: a socket's path has about 100 characters at most. */
  readonly socket: string;
}

/** The folders of the stack in `localDir`; a relative path starts at the checkout. */
export async function stackFolders(localDir: string): Promise<StackFolders> {
  const stack = isAbsolute(localDir) ? localDir : join(root, localDir);
  const short = createHash('sha256').update(stack).digest('hex').slice(0, 12);
  const socket = join(stack, 'run', 'supervisor.sock');
  return {
    stack,
    airflow: join(stack, 'airflow'),
    kafka: join(stack, 'data', 'kafka'),
    postgres: await postgresFolder(stack, short),
    staging: join(stack, 'staging'),
    logs: join(stack, 'logs'),
    run: join(stack, 'run'),
    bin: join(stack, 'bin'),
    socket: socket.length < 90 ? socket : `/tmp/pulse-${short}.sock`,
  };
}

/**
 * In the stack's folder, unless PostgreSQL runs as another user who can not reach it: then under /var/lib, by stack.
 * Existing data stay where they are, even if the folders above have changed.
 */
async function postgresFolder(stack: string, short: string): Promise<string> {
  const own = join(stack, 'data', 'postgres');
  const shared = join(sharedFolder, short, 'postgres');
  for (const folder of [own, shared]) {
    if (await stat(join(folder, 'PG_VERSION')).catch(() => undefined)) return folder;
  }
  return (await serverAccount()) === undefined || (await isReachableByAll(own)) ? own : shared;
}
