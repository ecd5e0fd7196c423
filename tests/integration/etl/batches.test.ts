import { readdir } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { withAdmin } from '../../support/kafka.ts';
import { someTransactions } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { summariesOf } from '../../support/programs.ts';
import { sqlOfDimensions } from '../../support/sales-dimensions.ts';

test('each step run alone, in order, loads the batch and leaves nothing staged', async () => {
  await using pipeline = await openPipeline();
  await pipeline.publish(someTransactions(50, customers));
  for (const step of ['extract', 'validate', 'transform'] as const) {
    expect(await pipeline.batch([step, '--batch', 'b'])).toMatchObject({ step, state: 'planned', planned: 50 });
  }
  expect(await readdir(`${pipeline.stagingDir}/batch-b`)).toEqual(['extract', 'transform', 'validate']);
  expect(await countFacts(pipeline)).toBe(0);
  expect(await pipeline.batch(['load', '--batch', 'b'])).toMatchObject({ state: 'loaded', loaded: 50 });
  expect(await countFacts(pipeline)).toBe(50);
  expect(await readdir(pipeline.stagingDir)).toEqual([]);
});

test('a retried batch reads the same records although more have come', async () => {
  await using pipeline = await openPipeline();
  await pipeline.publish(someTransactions(20, customers));
  await pipeline.batch(['extract', '--batch', 'b']);
  await pipeline.publish(someTransactions(10, customers));
  expect(await pipeline.batch(['extract', '--batch', 'b'])).toMatchObject({ planned: 20 });
  expect(await pipeline.batch(['load', '--batch', 'b'])).toMatchObject({ read: 20, loaded: 20 });
  expect(await pipeline.batch(['run'])).toMatchObject({ read: 10, loaded: 10 });
});

test('load without the earlier steps runs them itself', async () => {
  await using pipeline = await openPipeline();
  await pipeline.publish(someTransactions(20, customers));
  expect(await pipeline.batch(['load', '--batch', 'b'])).toMatchObject({ state: 'loaded', loaded: 20 });
});

test('running a loaded batch again changes nothing and exits 0, whatever the step', async () => {
  await using pipeline = await openPipeline();
  await pipeline.publish(someTransactions(20, customers));
  await pipeline.batch(['run', '--batch', 'b']);
  await pipeline.publish(someTransactions(5, customers));
  const before = await contents(pipeline);
  for (const step of ['extract', 'validate', 'transform', 'load', 'run']) {
    expect(await pipeline.batch([step, '--batch', 'b'])).toMatchObject({ state: 'loaded', loaded: 20 });
  }
  expect(await contents(pipeline)).toEqual(before);
});

test('a backlog beyond the cap is shared out by partition, and later batches take the rest', async () => {
  await using pipeline = await openPipeline({ env: { ETL_BATCH_MAX_MESSAGES: '30' } });
  for (const [partition, count] of [60, 30, 10].entries()) {
    await pipeline.publish(
      someTransactions(count).map((sale) => ({ key: 'k', value: JSON.stringify(sale), partition })),
    );
  }
  expect(await pipeline.batch(['run', '--batch', 'b'])).toMatchObject({ planned: 30, loaded: 30 });
  const shares = await pipeline.query(
    'select next_offset - from_offset as share, end_offset from etl_batch_ranges order by partition',
  );
  expect(shares).toEqual([
    { share: '18', end_offset: '60' },
    { share: '9', end_offset: '30' },
    { share: '3', end_offset: '10' },
  ]);
  const summaries = summariesOf(await pipeline.etl(['run', '--until-empty']));
  expect(summaries.map(({ loaded }) => loaded)).toEqual([30, 30, 10, 0]);
  expect(await countFacts(pipeline)).toBe(100);
});

test('an empty batch is a row of the ledger', async () => {
  await using pipeline = await openPipeline();
  expect(await pipeline.batch(['run', '--batch', 'empty'])).toMatchObject({ state: 'loaded', planned: 0, loaded: 0 });
  expect(await pipeline.query('select batch_id, state, read_count, loaded_count from etl_batches')).toEqual([
    { batch_id: 'empty', state: 'loaded', read_count: '0', loaded_count: '0' },
  ]);
});

test('a batch whose records another one has loaded is superseded, without effect', async () => {
  await using pipeline = await openPipeline();
  await pipeline.publish(someTransactions(20, customers));
  await pipeline.batch(['transform', '--batch', 'slow']);
  await pipeline.batch(['run', '--batch', 'quick']);
  const before = await contents(pipeline);
  expect(await pipeline.batch(['load', '--batch', 'slow'])).toMatchObject({ state: 'superseded', loaded: null });
  expect(await contents(pipeline)).toEqual(before);
  expect(await readdir(pipeline.stagingDir)).toEqual([]);
});

test('runs at once neither lose nor double', async () => {
  await using pipeline = await openPipeline();
  await pipeline.publish(someTransactions(500, customers));
  const runs = await Promise.all([1, 2, 3].map(() => pipeline.etl(['run'])));
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  const summaries = runs.flatMap(summariesOf);
  expect(summaries.filter(({ state, loaded }) => state === 'loaded' && loaded === 500)).toHaveLength(1);
  await pipeline.batch(['run', '--until-empty']);
  expect(await countFacts(pipeline)).toBe(500);
  expect(await pipeline.query('select sum(transaction_count)::int as count from customer_profiles')).toEqual([
    { count: 500 },
  ]);
});

test('the same batch twice at once is loaded once', async () => {
  await using pipeline = await openPipeline();
  await pipeline.publish(someTransactions(500, customers));
  await pipeline.batch(['transform', '--batch', 'b']);
  const loads = await Promise.all([1, 2].map(() => pipeline.etl(['load', '--batch', 'b'])));
  // One of them may have ended the other's session: that one is to be tried again.
  expect(loads.map(({ exitCode }) => exitCode)).toSatisfy((codes: number[]) =>
    codes.every((code) => [0, 75].includes(code)),
  );
  expect(await pipeline.batch(['load', '--batch', 'b'])).toMatchObject({ state: 'loaded', loaded: 500 });
  expect(await countFacts(pipeline)).toBe(500);
});

test('positions, anchors and loaded ranges move together, and the group offsets in Kafka follow', async () => {
  await using pipeline = await openPipeline();
  await pipeline.publish(someTransactions(40, customers));
  await pipeline.batch(['run', '--batch', 'b-1']);
  await pipeline.publish(someTransactions(40, customers));
  await pipeline.batch(['run', '--batch', 'b-2']);
  const positions = await pipeline.query<{ partition: number; next_offset: string }>(
    'select partition, next_offset from source_positions order by partition',
  );
  expect(positions).toHaveLength(3);
  expect(positions.reduce((sum, { next_offset: next }) => sum + Number(next), 0)).toBe(80);
  const disagreeing = await pipeline.query(`
    select p.partition from source_positions p
    where p.batch_id <> 'b-2' or p.anchor_offset <> p.next_offset - 1
      or p.anchor_key_hash <> (
        select sha256(convert_to(t.customer_id, 'UTF8')) from transactions t
        where t.kafka_partition = p.partition and t.kafka_offset = p.anchor_offset)
      or p.next_offset <> (
        select sum(r.next_offset - r.from_offset) from etl_batch_ranges r
        where r.partition = p.partition and r.is_loaded and r.read_count + r.hole_count = r.next_offset - r.from_offset)`);
  expect(disagreeing).toEqual([]);
  const [mirrored] = await withAdmin(pipeline.kafka, (admin) =>
    admin.fetchOffsets({ groupId: pipeline.group, topics: [pipeline.topic] }),
  );
  expect(mirrored?.partitions.toSorted((a, b) => a.partition - b.partition)).toMatchObject(
    positions.map(({ partition, next_offset: offset }) => ({ partition, offset })),
  );
});

test('a partition that is added between batches is read from its start', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish(someTransactions(10));
  await pipeline.batch(['run']);
  await withAdmin(pipeline.kafka, (admin) =>
    admin.createPartitions({ topicPartitions: [{ topic: pipeline.topic, count: 2 }] }),
  );
  await pipeline.publish(someTransactions(7).map((sale) => ({ key: 'k', value: JSON.stringify(sale), partition: 1 })));
  expect(await pipeline.batch(['run'])).toMatchObject({ read: 7, loaded: 7 });
  expect(await pipeline.query('select partition, next_offset from source_positions order by partition')).toEqual([
    { partition: 0, next_offset: '10' },
    { partition: 1, next_offset: '7' },
  ]);
});

function customers(index: number): { customer_id: string } {
  return { customer_id: `customer-${index % 17}` };
}

async function countFacts(pipeline: Pipeline): Promise<number> {
  const [row] = await pipeline.query<{ count: string }>('select count(*) from transactions');
  return Number(row?.count);
}

/** Everything that a batch changes, but for the notes on how often its steps were begun and how long they took. */
async function contents(pipeline: Pipeline): Promise<unknown[]> {
  return pipeline.query(`
    select (select jsonb_agg(t order by order_id) from transactions t) as facts,
      (select jsonb_agg(s order by minute, ${sqlOfDimensions.names}) from sales_per_minute s) as minutes,
      (select jsonb_agg(s order by hour, ${sqlOfDimensions.names}) from sales_per_hour s) as hours,
      (select jsonb_agg(t order by tax_date, country, product_category, tax_rate) from tax_per_day t) as taxes,
      (select jsonb_agg(p order by customer_id) from customer_profiles p) as profiles,
      (select jsonb_agg(d order by day, customer_id) from customer_days d) as days,
      (select jsonb_agg(p order by partition) from source_positions p) as positions,
      (select jsonb_agg(r order by partition) from etl_batch_ranges r where is_loaded) as ranges,
      (select jsonb_agg(jsonb_build_array(batch_id, state, loaded_at, loaded_count)) from etl_batches where state = 'loaded')
        as batches,
      (select state_version from warehouse_state)`);
}
