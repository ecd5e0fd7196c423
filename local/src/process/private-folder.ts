import { chown, mkdir, mkdtemp, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { Account } from './service.ts';

/** A new folder for temporary data, owned by the account if one is given. */
export async function createTemporaryFolder(prefix: string, account?: Account): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `pulse-${prefix}-`));
  await giveTo(folder, account);
  return folder;
}

/** Makes a folder if it is missing; the account, if given, becomes its owner. */
export async function ensureFolder(folder: string, account?: Account): Promise<void> {
  await mkdir(folder, { recursive: true });
  await giveTo(folder, account);
}

/** True if any user can reach the folder: each folder above it lets others pass. Its own mode does not matter. */
export async function isReachableByAll(folder: string): Promise<boolean> {
  const parent = dirname(folder);
  if (parent === folder) return true;
  const mode = await stat(parent).then(
    (entry) => entry.mode,
    () => passable,
  );
  return (mode & passable) !== 0 && (await isReachableByAll(parent));
}

const passable = 0o001;

async function giveTo(folder: string, account: Account | undefined): Promise<void> {
  if (account !== undefined) await chown(folder, account.uid, account.gid);
}
