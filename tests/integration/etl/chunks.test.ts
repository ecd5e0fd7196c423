import { afterAll, beforeAll, expect, test } from 'vitest';

import { chunkCountOf, chunkOf } from '../../../etl/src/batch/chunks.ts';
import { someTransactions } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { runProducer } from '../../support/programs.ts';

const messages = 70_000;
const traffic = '--duplicate-share 0.05 --malformed-share 0.01 --late-share 0.05 --fraud-share 0.05 --time-span 6h';

/** The same traffic in one batch, which takes two chunks, and in batches of one chunk each. */
let large: Pipeline;
let small: Pipeline;

beforeAll(async () => {
  large = await openPipeline();
  small = await openPipeline({ env: { KAFKA_TOPIC_TRANSACTIONS: large.topic, ETL_BATCH_MAX_MESSAGES: '6000' } });
  const { exitCode, stderr } = await runProducer(
    ['--count', String(messages), '--seed', '7', '--customers', '3000', ...traffic.split(' ')],
    { env: large.env },
  );
  if (exitCode !== 0) throw new Error(`the producer ended with ${exitCode}:\n${stderr}`);
  await large.batch(['run']);
  await small.batch(['run', '--until-empty']);
});

afterAll(async () => {
  await large[Symbol.asyncDispose]();
  await small[Symbol.asyncDispose]();
});

test('the large batch took all of the traffic, in two chunks', async () => {
  expect(chunkCountOf(messages)).toBe(2);
  const batches = await large.query('select read_count::int from etl_batches');
  expect(batches).toEqual([{ read_count: messages }]);
});

test.each([
  [
    'sales, with their tax, their rates and their decisions, are the same',
    'transactions',
    ['batch_id', 'processed_at'],
  ],
  ['alerts are the same', 'fraud_alerts', ['batch_id', 'raised_at']],
  ['profiles are the same', 'customer_profiles', []],
  ['days are the same', 'customer_days', []],
  ['minutes are the same', 'sales_per_minute', []],
  ['hours are the same', 'sales_per_hour', []],
  ['taxes of the days are the same', 'tax_per_day', []],
  [
    'quarantined records are the same',
    'rejected_transactions',
    ['rejected_id', 'batch_id', 'rejected_at', 'published_at'],
  ],
])('%s in either', async (_, table, others) => {
  const digest = `select count(*)::int as rows, md5(string_agg(line, e'\\n' order by line)) as digest
    from (select (to_jsonb(t) - $1::text[])::text as line from ${table} t) lines`;
  const [inLarge] = await large.query<{ rows: number }>(digest, [others]);
  expect(inLarge?.rows).toBeGreaterThan(0);
  expect(await small.query(digest, [others])).toEqual([inLarge]);
});

test('rows lie in the order in which their records came, whatever their chunk', async () => {
  const [found] = await large.query<{ correlation: number }>(`
    select corr(place, in_kafka) as correlation from (
      select row_number() over (order by ctid) as place, row_number() over (order by kafka_partition, kafka_offset) as in_kafka
      from transactions
    ) rows`);
  // PostgreSQL fills pages a little out of order. Were it one chunk after the other, it would be a half.
  expect(found?.correlation).toBeGreaterThan(0.99);
});

test('one order id of two customers is a conflict, and the first record is loaded, also where they are in different chunks', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const orders = 40;
  const of = (customer: string) =>
    someTransactions(orders, (index) => ({ order_id: `order-${index}`, customer_id: `${customer}-${index}` }));
  const others = someTransactions(65_536, (index) => ({ customer_id: `customer-${index % 3000}` }));
  await pipeline.publish(of('first'));
  for (let from = 0; from < others.length; from += 4096) await pipeline.publish(others.slice(from, from + 4096));
  await pipeline.publish(of('second'));
  const loaded = others.length + orders;
  expect(await pipeline.batch(['run'])).toMatchObject({ read: loaded + orders, loaded, rejected: orders });
  expect(await pipeline.query('select reason_code, count(*)::int from rejected_transactions group by 1')).toEqual([
    { reason_code: 'order_id_conflict', count: orders },
  ]);
  const winners = await pipeline.query<{ order_id: string; customer_id: string }>(
    `select order_id, customer_id from transactions where order_id like 'order-%'`,
  );
  const chunks = chunkCountOf(loaded + orders);
  expect(chunks).toBe(2);
  const isFirstChunkSecond = ({ order_id: orderId }: { readonly order_id: string }): boolean => {
    const index = orderId.slice('order-'.length);
    return chunkOf(`second-${index}`, chunks) < chunkOf(`first-${index}`, chunks);
  };
  expect(winners.filter(isFirstChunkSecond).length).toBeGreaterThan(0);
  expect(winners.map(({ customer_id: customerId }) => customerId.split('-')[0])).toEqual(
    Array.from({ length: orders }, () => 'first'),
  );
});
