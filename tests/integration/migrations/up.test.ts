import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { Client } from 'pg';
import { expect, test, vi } from 'vitest';

import catalog from '../../../migrations/catalog.json' with { type: 'json' };
import journal from '../../../migrations/sql/meta/_journal.json' with { type: 'json' };
import { readCatalog } from '../../../migrations/src/read-catalog.ts';
import { freshWarehouse, openClient, type ScratchWarehouse } from '../../support/warehouse.ts';
import { migrate } from './migrate.ts';

const migrationCount = journal.entries.length;

test('the migrations make what catalog.json says', async () => {
  await using warehouse = await freshWarehouse();
  expect(await migrate(warehouse)).toEqual([]);
  await using owner = await openClient(warehouse.url);
  const found = await readCatalog(owner.client, warehouse.roles);
  expect(found, 'run: pnpm --filter @pulse/migrations run catalog').toEqual(catalog);
});

test('migrating again changes nothing', async () => {
  await using warehouse = await freshWarehouse();
  await migrate(warehouse, 'sample');
  await using owner = await openClient(warehouse.url);
  const before = await contents(owner.client);
  expect(await migrate(warehouse, 'sample')).toEqual([]);
  expect(await contents(owner.client)).toEqual(before);
});

test('the schedule is stored at each start, stays where none is given, and nonsense is refused', async () => {
  await using warehouse = await freshWarehouse();
  await using owner = await openClient(warehouse.url);
  const stored = async (): Promise<unknown> =>
    (await owner.client.query('select schedule_seconds from warehouse_state')).rows;
  await migrate(warehouse);
  expect(await stored()).toEqual([{ schedule_seconds: 30 }]);
  await migrate(warehouse, 'none', 120);
  expect(await stored()).toEqual([{ schedule_seconds: 120 }]);
  await migrate(warehouse);
  expect(await stored()).toEqual([{ schedule_seconds: 120 }]);
  await expect(migrate(warehouse, 'none', 0)).rejects.toThrow('warehouse_state_schedule_check');
});

test('two migrators at once both succeed, and each migration is applied once', async () => {
  await using warehouse = await freshWarehouse();
  expect(await Promise.all([migrate(warehouse, 'sample'), migrate(warehouse, 'sample')])).toEqual([[], []]);
  await using owner = await openClient(warehouse.url);
  const { rowCount } = await owner.client.query('select from drizzle.__drizzle_migrations');
  expect(rowCount).toBe(migrationCount);
});

test('a migrator killed half-way leaves nothing behind, and the next one succeeds', async () => {
  await using warehouse = await freshWarehouse();
  await using owner = await openClient(warehouse.url);
  // A table of the same name, not committed: the migrator stops in the middle of its transaction.
  await owner.client.query('begin');
  await owner.client.query('create table warehouse_state ()');
  const migrator = startMigrator(warehouse);
  const ended = once(migrator, 'exit');
  await using observer = await openClient(warehouse.url);
  await vi.waitUntil(() => isBlocked(observer.client), { timeout: 30_000, interval: 50 });
  migrator.kill('SIGKILL');
  await ended;
  await owner.client.query('rollback');
  await vi.waitUntil(() => isGone(observer.client), { timeout: 30_000, interval: 50 });
  const { rowCount } = await owner.client.query("select from pg_tables where schemaname = 'public'");
  expect(rowCount).toBe(0);
  expect(await migrate(warehouse)).toEqual([]);
});

/** What a second run could change: the record of migrations and the reference data. */
async function contents(client: Client): Promise<unknown> {
  const { rows } = await client.query(`
    select
      (select jsonb_agg(applied order by id) from drizzle.__drizzle_migrations applied) as migrations,
      (select jsonb_agg(rule order by tax_rate_id) from tax_rates rule) as tax_rates,
      (select jsonb_agg(rate order by exchange_rate_id) from exchange_rates rate) as exchange_rates,
      (select jsonb_agg(state) from warehouse_state state) as state`);
  return rows;
}

function startMigrator(warehouse: ScratchWarehouse) {
  return spawn(process.execPath, [join(import.meta.dirname, '../../../migrations/src/main.ts')], {
    env: {
      WAREHOUSE_DATABASE_URL: warehouse.url,
      WAREHOUSE_ETL_USER: warehouse.roles.etl.name,
      WAREHOUSE_READER_USER: warehouse.roles.reader.name,
    },
    stdio: 'ignore',
  });
}

async function isBlocked(client: Client): Promise<boolean> {
  const { rowCount } = await client.query(`
    select
    from pg_stat_activity
    where datname = current_database() and application_name = 'migrations' and wait_event_type = 'Lock'`);
  return rowCount === 1;
}

async function isGone(client: Client): Promise<boolean> {
  const { rowCount } = await client.query(`
    select
    from pg_stat_activity
    where datname = current_database() and application_name = 'migrations'`);
  return rowCount === 0;
}
