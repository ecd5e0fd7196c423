import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, inject, test } from 'vitest';

import { someTransactions } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { runMigrate, type Finished } from '../../support/programs.ts';
import { migratedWarehouse, openClient, type ScratchWarehouse } from '../../support/warehouse.ts';
import { olderWarehouse } from './older-warehouse.ts';

/** Everything that a table holds, whatever its order. */
async function contents(pipeline: Pipeline): Promise<Readonly<Record<string, string>>> {
  const tables = await pipeline.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'warehouse_state' order by 1`,
  );
  const hashes: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await pipeline.query<{ hash: string }>(
      `select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as hash from ${name} t`,
    );
    hashes[name] = row?.hash ?? '';
  }
  return hashes;
}

function migrate(pipeline: Pipeline, args: readonly string[]): Promise<Finished> {
  const { user, password, host, port, database } = pipeline.client;
  const url = `postgres://${user}:${password ?? ''}@${host}:${port}/${database}`;
  return migrateAt({ url, roles: inject('warehouseTemplate').roles }, args);
}

function migrateAt(
  { url, roles }: Pick<ScratchWarehouse, 'url' | 'roles'>,
  args: readonly string[],
): Promise<Finished> {
  return runMigrate(args, {
    env: {
      WAREHOUSE_DATABASE_URL: url,
      WAREHOUSE_ETL_USER: roles.etl.name,
      WAREHOUSE_ETL_PASSWORD: roles.etl.password,
      WAREHOUSE_READER_USER: roles.reader.name,
      WAREHOUSE_READER_PASSWORD: roles.reader.password,
    },
  });
}

async function onWarehouse({ url }: ScratchWarehouse, statements: string): Promise<void> {
  await using owner = await openClient(url);
  await owner.client.query(statements);
}

async function loadSome(pipeline: Pipeline, count: number): Promise<void> {
  await pipeline.publish([
    ...someTransactions(count, (index) => ({
      amount: `${index}.11`,
      customer_id: `customer-${index % 9}`,
    })),
    { key: Buffer.from([0, 255]), value: Buffer.from([0x22, 0xff, 0x0a, 0x09]) },
  ]);
  await pipeline.batch(['run']);
}

test('a restored warehouse goes on exactly where its backup stood', async () => {
  await using pipeline = await openPipeline();
  const file = join(pipeline.stagingDir, 'kept', 'warehouse.backup');
  await loadSome(pipeline, 200);
  expect(await migrate(pipeline, ['backup', '--file', file])).toMatchObject({ exitCode: 0 });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const before = await contents(pipeline);

  await loadSome(pipeline, 300);
  await pipeline.query('delete from tax_rates');
  expect(await contents(pipeline)).not.toEqual(before);
  expect(await migrate(pipeline, ['restore', '--file', file, '--yes'])).toMatchObject({ exitCode: 0 });
  expect(await contents(pipeline)).toEqual(before);

  // What was loaded after the backup is read from Kafka again, once.
  expect(await pipeline.batch(['run', '--until-empty'])).toMatchObject({ planned: 0 });
  const [row] = await pipeline.query(
    'select (select count(*) from transactions)::int as facts, (select count(*) from rejected_transactions)::int as rejected',
  );
  expect(row).toEqual({ facts: 500, rejected: 2 });
  expect(JSON.parse((await pipeline.etl(['reconcile', '--deep'])).stdout)).toMatchObject({ differences: 0 });
});

test('a backup taken while batches load is of one moment', async () => {
  await using pipeline = await openPipeline();
  const file = join(pipeline.stagingDir, 'warehouse.backup');
  const loading = (async () => {
    for (let round = 0; round < 5; round += 1) await loadSome(pipeline, 200);
  })();
  await migrate(pipeline, ['backup', '--file', file]);
  await loading;
  expect(await migrate(pipeline, ['restore', '--file', file, '--yes'])).toMatchObject({ exitCode: 0 });
  expect(JSON.parse((await pipeline.etl(['reconcile'])).stdout)).toMatchObject({ differences: 0 });
  await pipeline.batch(['run', '--until-empty']);
  expect(await pipeline.query('select count(*)::int as facts from transactions')).toEqual([{ facts: 1000 }]);
});

test.each([
  ['cut short', async (file: string) => writeFile(file, (await readFile(file)).subarray(0, -40))],
  ['none', async (file: string) => writeFile(file, 'this is something else')],
])('a file that is %s changes nothing', async (_what, spoil) => {
  await using pipeline = await openPipeline();
  const file = join(pipeline.stagingDir, 'warehouse.backup');
  await loadSome(pipeline, 500);
  await migrate(pipeline, ['backup', '--file', file]);
  await spoil(file);
  const before = await contents(pipeline);
  expect(await migrate(pipeline, ['restore', '--file', file, '--yes'])).toMatchObject({ exitCode: 64 });
  expect(await contents(pipeline)).toEqual(before);
});

test('a restore that nobody confirmed is refused', async () => {
  await using pipeline = await openPipeline();
  const file = join(pipeline.stagingDir, 'warehouse.backup');
  await migrate(pipeline, ['backup', '--file', file]);
  expect(await migrate(pipeline, ['restore', '--file', file])).toMatchObject({ exitCode: 64 });
});

/** One sale as a release of seven migrations stored it, with the sample rate that shows a warehouse of development. */
const oldSale = `
  insert into exchange_rates (base, quote, rate, valid_from, valid_to, source)
  values ('USD', 'EUR', 0.5, '2025-01-01', '2025-01-02', 'sample');
  insert into etl_batches (batch_id, kind, rule_set_version, code_version, state, loaded_at,
    read_count, loaded_count, duplicate_count, rejected_count, hole_count, flagged_count)
  values ('old', 'manual', '1', '1.0', 'loaded', '2025-01-01T12:00:00Z', 1, 1, 0, 0, 0, 0);
  insert into etl_batch_ranges (batch_id, topic, epoch, partition, from_offset, next_offset, end_offset, read_count, hole_count,
    loaded_count, duplicate_count, rejected_count, is_loaded)
  values ('old', 'transactions', 0, 0, 0, 1, 1, 1, 0, 1, 0, 0, true);
  insert into transactions (
    order_id, transaction_timestamp, kafka_offset, kafka_partition, kafka_epoch, tax_date, exchange_rate_date, fraud_score,
    is_fraud_flagged, amount, currency, tax_amount, total_amount, amount_base, exchange_rate, tax_rate, tax_jurisdiction,
    customer_id, product_category, country, batch_id, fraud_reasons, content_hash
  ) values (
    'old-order', '2025-01-01T11:59:00Z', 0, 0, 0, '2025-01-01', '2025-01-01', 0,
    false, 10.00, 'EUR', 2.00, 12.00, 20.00, 0.5, 0.2, 'FR',
    'customer-1', 'books', 'FR', 'old', '{}', decode(md5('old'), 'hex')
  )`;

test('a backup of an older release is restored and migrated, and the next batch goes on', async () => {
  await using older = await olderWarehouse(7);
  await using pipeline = await openPipeline();
  await loadSome(pipeline, 20);
  const file = join(pipeline.stagingDir, 'older.backup');
  await onWarehouse(older, oldSale);
  expect(await migrateAt(older, ['backup', '--file', file])).toMatchObject({ exitCode: 0 });

  expect(await migrate(pipeline, ['restore', '--file', file, '--yes'])).toMatchObject({ exitCode: 0 });
  expect(await migrate(pipeline, ['check'])).toMatchObject({ exitCode: 0 });
  expect(
    await pipeline.query('select order_id, tax_amount_base::float8 as tax_base, exchange_rate from transactions'),
  ).toEqual([{ order_id: 'old-order', tax_base: 4, exchange_rate: '0.500000000000' }]);
  await pipeline.batch(['run', '--until-empty']);
  expect(await pipeline.query('select count(*)::int as facts from transactions')).toEqual([{ facts: 21 }]);
});

test('a backup of a newer release is refused, and the message names the release that it needs', async () => {
  await using pipeline = await openPipeline();
  const file = join(pipeline.stagingDir, 'newer.backup');
  await using newer = await migratedWarehouse();
  await onWarehouse(
    newer,
    `insert into drizzle.__drizzle_migrations (hash, created_at) values ('${'f'.repeat(64)}', 9999999999999);
    update warehouse_state set release = '9.1', last_migration = '0999_next'`,
  );
  await migrateAt(newer, ['backup', '--file', file]);
  await loadSome(pipeline, 20);
  const before = await contents(pipeline);

  const { exitCode, stderr } = await migrate(pipeline, ['restore', '--file', file, '--yes']);
  expect(exitCode).toBe(64);
  expect(stderr).toContain('Restore it with release 9.1 or a later one');
  expect(stderr).toContain('0999_next');
  expect(await contents(pipeline)).toEqual(before);
});
