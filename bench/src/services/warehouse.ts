import { execa } from 'execa';
import { Client } from 'pg';

import { createScratchWarehouse } from '../../../migrations/src/scratch-warehouse.ts';
import type { Programs } from './programs.ts';

/** A migrated database of this run, dropped when disposed of. */
export interface BenchWarehouse extends AsyncDisposable {
  /** A superuser's connection to it. */
  readonly client: Client;
  /** The etl command's login. */
  readonly etlUrl: string;
}

/** Makes a database with its own roles and runs the migrator on it, with the sample exchange rates. */
export async function openWarehouse(serverUrl: string, { migrate }: Programs): Promise<BenchWarehouse> {
  await using opening = new AsyncDisposableStack();
  const { url, roles } = opening.use(await createScratchWarehouse(serverUrl));
  await execa(process.execPath, [migrate, 'up'], {
    env: {
      WAREHOUSE_DATABASE_URL: url,
      WAREHOUSE_ETL_USER: roles.etl.name,
      WAREHOUSE_ETL_PASSWORD: roles.etl.password,
      WAREHOUSE_READER_USER: roles.reader.name,
      WAREHOUSE_READER_PASSWORD: roles.reader.password,
      WAREHOUSE_SEED: 'sample',
    },
    extendEnv: false,
    timeout: 120_000,
  });
  const client = new Client({ connectionString: url });
  await client.connect();
  opening.defer(() => client.end());
  const login = new URL(url);
  login.username = roles.etl.name;
  login.password = roles.etl.password;
  const opened = opening.move();
  return { client, etlUrl: login.href, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** Tables that no batch writes are kept. The state version keeps counting. */
const keptTables = ['tax_rates', 'exchange_rates', 'fraud_rule_sets', 'warehouse_state'];

/**
 * Empties every table that batches write, also the positions: the next batch reads its topic from the start. The checkpoint
 * then writes out earlier changes, so that they do not slow down the next part.
 */
export async function resetWarehouse(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select quote_ident(tablename) as name
     from pg_tables
     where schemaname = 'public' and tablename <> all ($1)`,
    [keptTables],
  );
  await client.query(`truncate ${rows.map(({ name }) => name).join(', ')}`);
  await client.query('checkpoint');
}
