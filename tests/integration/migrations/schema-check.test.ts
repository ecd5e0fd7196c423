import { afterAll, beforeAll, expect, test } from 'vitest';

import { checkWarehouse } from '../../../migrations/src/check.ts';
import { freshWarehouse, openClient, type ScratchWarehouse } from '../../support/warehouse.ts';
import { migrate } from './migrate.ts';

let warehouse: ScratchWarehouse;

beforeAll(async () => {
  warehouse = await freshWarehouse();
  await migrate(warehouse);
});

afterAll(() => warehouse[Symbol.asyncDispose]());

test.each<[string, string, string]>([
  ['a dropped column', 'alter table transactions drop column country', 'table transactions: column country is missing'],
  [
    'an extra column',
    'alter table transactions add column note text',
    'table transactions: column note is not expected',
  ],
  [
    'a changed type',
    'alter table transactions alter column tax_rate type numeric(5,2)',
    'table transactions: column tax_rate: type is "numeric(5,2)", expected "numeric(9,6)"',
  ],
  [
    'a changed collation',
    'alter table customer_days alter column customer_id type text collate "default"',
    'table customer_days: column customer_id: collation is "default", expected "C"',
  ],
  [
    'a column that may be null',
    'alter table transactions alter column amount drop not null',
    'table transactions: column amount: nullable is true, expected false',
  ],
  [
    'a dropped default',
    'alter table transactions alter column processed_at drop default',
    'table transactions: column processed_at: default is null, expected "now()"',
  ],
  [
    'a missing index',
    'drop index transactions_flagged_idx',
    'table transactions: index transactions_flagged_idx is missing',
  ],
  [
    'an extra index',
    'create index by_customer on transactions (customer_id)',
    'table transactions: index by_customer is not expected',
  ],
  [
    'a dropped check',
    'alter table etl_batches drop constraint etl_batches_balance_check',
    'table etl_batches: constraint etl_batches_balance_check is missing',
  ],
  [
    'a dropped exclusion',
    'alter table etl_batch_ranges drop constraint etl_batch_ranges_loaded_excl',
    'table etl_batch_ranges: constraint etl_batch_ranges_loaded_excl is missing',
  ],
  [
    'a dropped foreign key',
    'alter table etl_batch_ranges drop constraint etl_batch_ranges_batch_id_etl_batches_batch_id_fk',
    'table etl_batch_ranges: constraint etl_batch_ranges_batch_id_etl_batches_batch_id_fk is missing',
  ],
  [
    'a missing comment of a column',
    'comment on column warehouse_state.is_only is null',
    'table warehouse_state: column is_only: comment is null, expected "Always true: keeps the table at one row."',
  ],
  ['a missing comment of a table', 'comment on table transactions is null', 'table transactions: comment is missing'],
  [
    'a trigger',
    'create trigger noop before update on tax_rates execute function suppress_redundant_updates_trigger()',
    'table tax_rates: trigger noop is not expected',
  ],
  [
    'a storage setting',
    'alter table sales_per_minute reset (fillfactor)',
    'table sales_per_minute: storage: options is',
  ],
  ['a missing table', 'drop table fraud_alerts', 'table fraud_alerts is missing'],
  ['an extra table', 'create table notes ()', 'table notes is not expected'],
  ['an extra view', 'create view big as select * from transactions', 'view big is not expected'],
  ['a dropped extension', 'drop extension btree_gist cascade', 'warehouse: extension btree_gist is missing'],
  [
    'a revoked grant',
    'revoke select on transactions from READER',
    'table transactions: grant select to reader is missing',
  ],
  ['an extra grant', 'grant delete on transactions to ETL', 'table transactions: grant delete to etl is not expected'],
  [
    'a grant of one column',
    'grant update (amount) on transactions to READER',
    'table transactions: grant update (amount) to reader is not expected',
  ],
  [
    'a grant to everybody',
    'grant select on transactions to public',
    'table transactions: grant select to public is not expected',
  ],
  [
    'a lifted time-out',
    'alter role READER in database DATABASE reset statement_timeout',
    'warehouse: role reader: settings is',
  ],
  ['a role made a superuser', 'alter role ETL superuser', 'warehouse: role etl: superuser is true, expected false'],
  [
    'a forgotten migration',
    'delete from drizzle.__drizzle_migrations where id = 4',
    'migration 0003: its present form is not applied',
  ],
  [
    'an edited migration',
    "update drizzle.__drizzle_migrations set hash = 'f00' where id = 2",
    'migration with the hash f00: applied, but unknown here',
  ],
])('%s is reported', async (_, change, line) => {
  await using owner = await openClient(warehouse.url);
  const statement = change
    .replace('ETL', warehouse.roles.etl.name)
    .replace('READER', warehouse.roles.reader.name)
    .replace('DATABASE', new URL(warehouse.url).pathname.slice(1));
  await owner.client.query('begin');
  await owner.client.query(statement);
  const differences = await checkWarehouse(owner.client, warehouse.roles);
  await owner.client.query('rollback');
  expect(differences).toContainEqual(expect.stringContaining(line));
});

test('an untouched warehouse has no differences', async () => {
  await using owner = await openClient(warehouse.url);
  expect(await checkWarehouse(owner.client, warehouse.roles)).toEqual([]);
});
