import { randomBytes } from 'node:crypto';

import { Client } from 'pg';
import { inject } from 'vitest';

import type { Roles } from '../../migrations/src/config.ts';
import { createScratchWarehouse, type ScratchWarehouse } from '../../migrations/src/scratch-warehouse.ts';

export type { ScratchWarehouse } from '../../migrations/src/scratch-warehouse.ts';

/** An empty database of a random name, with role names of its own. */
export async function freshWarehouse(): Promise<ScratchWarehouse> {
  return createScratchWarehouse(inject('services').warehouseUrl);
}

/** A migrated database that others are copied from, and the roles that all copies share. */
export interface WarehouseTemplate {
  readonly url: string;
  readonly roles: Roles;
}

/** A migrated database of its own, dropped when disposed of. */
export async function migratedWarehouse(): Promise<ScratchWarehouse> {
  const { warehouseUrl } = inject('services');
  const { url: templateUrl, roles } = inject('warehouseTemplate');
  const name = `scratch_${randomBytes(6).toString('hex')}`;
  await onServer(warehouseUrl, `create database ${name} template ${new URL(templateUrl).pathname.slice(1)}`);
  const url = new URL(warehouseUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    roles,
    [Symbol.asyncDispose]: () => onServer(warehouseUrl, `drop database ${name} with (force)`),
  };
}

/** A connection that closes with its block (`await using`). */
export interface OpenClient extends AsyncDisposable {
  readonly client: Client;
}

/** Connects to a warehouse, as its owner or as the role given. */
export async function openClient(
  url: string,
  login?: { readonly name: string; readonly password: string },
): Promise<OpenClient> {
  const address = new URL(url);
  if (login !== undefined) {
    address.username = encodeURIComponent(login.name);
    address.password = encodeURIComponent(login.password);
  }
  const client = new Client({ connectionString: address.href });
  await client.connect();
  return { client, [Symbol.asyncDispose]: () => client.end() };
}

async function onServer(url: string, statement: string): Promise<void> {
  await using server = await openClient(url);
  await server.client.query(statement);
}
