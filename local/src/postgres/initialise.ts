import { randomUUID } from 'node:crypto';
import { rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { execa } from 'execa';

import { ensureFolder } from '../process/private-folder.ts';
import { serverAccount, type ServerAccount } from './account.ts';
import { postgresBinaries } from './binaries.ts';

export interface Superuser {
  readonly user: string;
  readonly password: string;
}

/** How to run one cluster: the program, its data and its account. */
export interface PostgresCluster {
  readonly program: string;
  readonly folder: string;
  readonly account: ServerAccount | undefined;
}

/** Makes a PostgreSQL cluster in the folder unless there is one: UTF-8, "C" collation, passwords over TCP. */
export async function initialiseCluster(folder: string, superuser: Superuser): Promise<PostgresCluster> {
  const account = await serverAccount();
  const binaries = await postgresBinaries(account !== undefined);
  const cluster = { program: binaries.postgres, folder, account };
  if (await stat(join(folder, 'PG_VERSION')).catch(() => undefined)) return cluster;
  await ensureFolder(folder, account);
  const passwordFile = join(tmpdir(), `pulse-${randomUUID()}`);
  await writeFile(passwordFile, superuser.password, { mode: 0o644 });
  try {
    const initdb = execa(
      binaries.initdb,
      [
        `--pgdata=${folder}`,
        `--username=${superuser.user}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-sync',
      ],
      { cwd: '/', all: true, env: { LC_ALL: 'C' }, ...(account && { uid: account.uid, gid: account.gid }) },
    );
    await initdb;
  } finally {
    await rm(passwordFile, { force: true });
  }
  return cluster;
}
