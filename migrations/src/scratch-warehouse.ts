import { randomBytes } from 'node:crypto';

import { Client } from 'pg';

import type { Roles } from './config.ts';

/** A database of its own on a given server, with roles of its own; all of it dropped when disposed of. */
export interface ScratchWarehouse extends AsyncDisposable {
  /** Address of the database, as the user of the server. */
  readonly url: string;
  readonly roles: Roles;
}

/** Makes an empty database on the server at `serverUrl`, whose user may create databases and roles. */
export async function createScratchWarehouse(serverUrl: string): Promise<ScratchWarehouse> {
  const name = `scratch_${randomBytes(6).toString('hex')}`;
  const roles = {
    etl: { name: `${name}_etl`, password: 'etl' },
    reader: { name: `${name}_reader`, password: 'reader' },
  };
  await query(serverUrl, [`create database ${name}`]);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    roles,
    [Symbol.asyncDispose]: () =>
      query(serverUrl, [
        `drop database ${name} with (force)`,
        `drop role if exists ${roles.etl.name}`,
        `drop role if exists ${roles.reader.name}`,
      ]),
  };
}

async function query(serverUrl: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
