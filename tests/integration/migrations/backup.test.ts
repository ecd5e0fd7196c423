import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, inject, test } from 'vitest';

import { someTransactions } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { runMigrate, type Finished } from '../../support/programs.ts';

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
  const { roles } = inject('warehouseTemplate');
  return runMigrate(args, {
    env: {
      WAREHOUSE_DATABASE_URL: `postgres://${user}:${password ?? ''}@${host}:${port}/${database}`,
      WAREHOUSE_ETL_USER: roles.etl.name,
      WAREHOUSE_ETL_PASSWORD: roles.etl.password,
      WAREHOUSE_READER_USER: roles.reader.name,
      WAREHOUSE_READER_PASSWORD: roles.reader.password,
    },
  });
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

test('a backup of other tables is refused, and so is a restore that nobody confirmed', async () => {
  await using pipeline = await openPipeline();
  const file = join(pipeline.stagingDir, 'warehouse.backup');
  await migrate(pipeline, ['backup', '--file', file]);
  expect(await migrate(pipeline, ['restore', '--file', file])).toMatchObject({ exitCode: 64 });
  await pipeline.query(`insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', 1)`);
  const { exitCode, stderr } = await migrate(pipeline, ['restore', '--file', file, '--yes']);
  expect(exitCode).toBe(64);
  expect(stderr).toContain('make db-migrate');
});
