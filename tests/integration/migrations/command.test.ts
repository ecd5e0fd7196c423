import { join } from 'node:path';

import { execa } from 'execa';
import { expect, test } from 'vitest';

import { freshWarehouse, openClient, type ScratchWarehouse } from '../../support/warehouse.ts';

const main = join(import.meta.dirname, '../../../migrations/src/main.ts');

test('up migrates and exits 0, check exits 1 after a change by hand and names it', async () => {
  await using warehouse = await freshWarehouse();
  expect((await migrator([], warehouse)).exitCode).toBe(0);
  await using owner = await openClient(warehouse.url);
  await owner.client.query('drop index transactions_flagged_idx');
  const { exitCode, stderr } = await migrator(['check'], warehouse);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('table transactions: index transactions_flagged_idx is missing');
});

test('reset refuses without --yes and touches nothing', async () => {
  await using warehouse = await freshWarehouse();
  await migrator(['up'], warehouse);
  await using owner = await openClient(warehouse.url);
  await owner.client.query('create table kept ()');
  expect((await migrator(['reset'], warehouse)).exitCode).toBe(64);
  expect((await owner.client.query("select to_regclass('kept') as kept")).rows).toEqual([{ kept: 'kept' }]);
});

test('reset --yes drops everything and makes it again', async () => {
  await using warehouse = await freshWarehouse();
  await migrator(['up'], warehouse);
  await using owner = await openClient(warehouse.url);
  await owner.client.query('update warehouse_state set state_version = 7');
  expect((await migrator(['reset', '--yes'], warehouse)).exitCode).toBe(0);
  expect((await owner.client.query('select state_version from warehouse_state')).rows).toEqual([
    { state_version: '0' },
  ]);
});

test('a database that does not come ends in a temporary failure that names it', async () => {
  const { exitCode, stderr } = await run([], {
    WAREHOUSE_DB_HOST: '127.0.0.1',
    WAREHOUSE_DB_PORT: '1',
    WAREHOUSE_WAIT_SECONDS: '0.5',
  });
  expect(exitCode).toBe(75);
  expect(stderr).toContain('database warehouse on 127.0.0.1:1');
});

test('a wrong password ends at once, without a retry', async () => {
  await using warehouse = await freshWarehouse();
  const url = new URL(warehouse.url);
  url.password = 'wrong';
  const { exitCode, stderr } = await run(['up'], { WAREHOUSE_DATABASE_URL: url.href });
  expect(exitCode).toBe(64);
  expect(stderr).not.toContain('wrong');
});

function migrator(args: readonly string[], warehouse: ScratchWarehouse) {
  return run(args, {
    WAREHOUSE_DATABASE_URL: warehouse.url,
    WAREHOUSE_ETL_USER: warehouse.roles.etl.name,
    WAREHOUSE_READER_USER: warehouse.roles.reader.name,
  });
}

function run(args: readonly string[], environment: Readonly<Record<string, string>>) {
  return execa(process.execPath, [main, ...args], {
    env: environment,
    extendEnv: false,
    reject: false,
    timeout: 60_000,
  });
}
