import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { freshWarehouse, openClient, type ScratchWarehouse } from '../../support/warehouse.ts';
import { migrate } from './migrate.ts';

const permissionDenied = { code: '42501' };
const readOnlyTransaction = { code: '25006' };

let warehouse: ScratchWarehouse;

beforeAll(async () => {
  warehouse = await freshWarehouse();
  await migrate(warehouse);
});

afterAll(() => warehouse[Symbol.asyncDispose]());

describe('the etl role', () => {
  test.each([
    'create table notes (text text)',
    'alter table transactions add column note text',
    'drop table transactions',
    'create index by_customer on transactions (customer_id)',
    'create schema notes',
    'delete from transactions',
    'truncate transactions',
    'truncate etl_incidents',
    'select from drizzle.__drizzle_migrations',
  ])('is denied: %s', async (statement) => {
    await using etl = await openClient(warehouse.url, warehouse.roles.etl);
    await expect(etl.client.query(statement)).rejects.toMatchObject(permissionDenied);
  });

  test.each([
    "insert into etl_incidents (kind, topic, message) values ('gap', 'transactions', 'test')",
    'update warehouse_state set state_version = state_version + 1',
    'delete from customer_profiles',
    'update transactions set amount = 0',
    'create temporary table scratch (text text)',
  ])('is allowed: %s', async (statement) => {
    await using etl = await openClient(warehouse.url, warehouse.roles.etl);
    await etl.client.query('begin');
    await expect(etl.client.query(statement)).resolves.toBeDefined();
  });
});

describe('the reader role', () => {
  test('reads', async () => {
    await using reader = await openClient(warehouse.url, warehouse.roles.reader);
    const { rows } = await reader.client.query("select rate from tax_rates where country = 'US'");
    expect(rows).toEqual([{ rate: '0.085000' }]);
  });

  test('ends a query after ten seconds', async () => {
    await using reader = await openClient(warehouse.url, warehouse.roles.reader);
    const { rows } = await reader.client.query('show statement_timeout');
    expect(rows).toEqual([{ statement_timeout: '10s' }]);
  });

  test('has read-only transactions', async () => {
    await using reader = await openClient(warehouse.url, warehouse.roles.reader);
    await expect(reader.client.query('delete from tax_rates')).rejects.toMatchObject(readOnlyTransaction);
  });

  test.each(['delete from tax_rates', 'update warehouse_state set state_version = 9', 'create table notes ()'])(
    'is denied even in a transaction that it makes writable: %s',
    async (statement) => {
      await using reader = await openClient(warehouse.url, warehouse.roles.reader);
      await reader.client.query('set default_transaction_read_only = off');
      await expect(reader.client.query(statement)).rejects.toMatchObject(permissionDenied);
    },
  );
});

test('a table of a later migration is open to both roles', async () => {
  await using owner = await openClient(warehouse.url);
  await owner.client.query('create table later (id bigint generated always as identity, text text)');
  await using etl = await openClient(warehouse.url, warehouse.roles.etl);
  await etl.client.query("insert into later (text) values ('x')");
  await using reader = await openClient(warehouse.url, warehouse.roles.reader);
  expect((await reader.client.query('select text from later')).rows).toEqual([{ text: 'x' }]);
  await owner.client.query('drop table later');
});

test('names and passwords with quotes are taken literally, and a new password replaces the old one', async () => {
  await using other = await freshWarehouse();
  const name = other.roles.etl.name;
  const etl = { name, password: `it's "quoted" \\ %` };
  await migrate(other);
  expect(await migrate({ url: other.url, roles: { ...other.roles, etl } })).toEqual([]);
  await using renewed = await openClient(other.url, etl);
  expect((await renewed.client.query('select current_user as name')).rows).toEqual([{ name }]);
  await expect(openClient(other.url, other.roles.etl)).rejects.toMatchObject({ code: '28P01' });
});

test('warehouses on one server that share their roles can be migrated side by side', async () => {
  await using first = await freshWarehouse();
  await using second = await freshWarehouse();
  await using third = await freshWarehouse();
  const urls = [first.url, second.url, third.url];
  const runs = Array.from({ length: 9 }, (_, index) => ({ url: urls[index % 3] ?? first.url, roles: first.roles }));
  expect((await Promise.all(runs.map((run) => migrate(run)))).flat()).toEqual([]);
});

test('a superuser is not made the etl role', async () => {
  const superuser = decodeURIComponent(new URL(warehouse.url).username);
  const roles = { ...warehouse.roles, etl: { name: superuser, password: 'x' } };
  await expect(migrate({ url: warehouse.url, roles })).rejects.toThrow('is a superuser');
});
