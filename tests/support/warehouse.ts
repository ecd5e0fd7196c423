import { Client } from 'pg';

import { createScratchWarehouse, type ScratchWarehouse } from '../../migrations/src/scratch-warehouse.ts';

export type { ScratchWarehouse } from '../../migrations/src/scratch-warehouse.ts';

/** An empty database of a random name, with role names of its own, on the server at TEST_WAREHOUSE_URL. */
export async function freshWarehouse(): Promise<ScratchWarehouse> {
  const serverUrl = process.env['TEST_WAREHOUSE_URL'];
  if (serverUrl === undefined)
    throw new Error('TEST_WAREHOUSE_URL is not set: the URL of a superuser of a test server');
  return createScratchWarehouse(serverUrl);
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
