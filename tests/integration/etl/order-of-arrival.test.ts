import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { TransactionMessage } from '@pulse/contract';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';

import shipped from '../../../etl/src/fraud/shipped-rule-set.json' with { type: 'json' };
import { recordOf, withAdmin, type TestRecord } from '../../support/kafka.ts';
import { aTransaction, someTransactions } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { runEtl } from '../../support/programs.ts';

const count = 20_000;
const startMs = Date.now() - 6 * 3_600_000;

/** The same whole numbers each time, below `end`. */
function numbers(seed: number): (end: number) => number {
  let state = seed;
  return (end) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * end);
  };
}

/** Sales of 800 customers who now and then buy much or often; some are sent twice, some order ids by two customers. */
function traffic(): TransactionMessage[] {
  const below = numbers(11);
  const sales: TransactionMessage[] = [];
  while (sales.length < count) {
    const kind = below(100);
    const earlier = sales[below(sales.length)];
    if (kind === 0 && earlier !== undefined) {
      sales.push(earlier);
      continue;
    }
    const index = sales.length;
    const customer = kind < 6 ? below(12) : below(800);
    sales.push(
      aTransaction({
        order_id: kind === 1 && earlier !== undefined ? earlier.order_id : `order-${index}`,
        customer_id: `customer-${customer}`,
        amount: `${below(300) + 5}.${10 + below(90)}`,
        currency: below(50) === 0 ? 'EUR' : 'USD',
        country: below(200) === 0 ? 'JP' : 'US',
        timestamp: new Date(startMs + index * 900 - below(5_000)).toISOString(),
      }),
    );
  }
  return sales;
}

const sales = traffic();

/** Sent one a millisecond. */
const sent = (keyOf: (sale: TransactionMessage) => string | null): TestRecord[] =>
  sales.map((sale, index) => ({ ...recordOf(sale, { timestampMs: startMs + index }), key: keyOf(sale) }));

let keyed: Pipeline;
let scattered: Pipeline;

async function loaded(records: readonly TestRecord[]): Promise<Pipeline> {
  const pipeline = await openPipeline();
  for (let from = 0; from < records.length; from += 5000) await pipeline.publish(records.slice(from, from + 5000));
  await pipeline.batch(['run']);
  return pipeline;
}

beforeAll(async () => {
  const below = numbers(5);
  keyed = await loaded(sent((sale) => sale.customer_id));
  scattered = await loaded(sent(() => (below(10) === 0 ? null : `key-${below(100_000)}`)));
});

afterAll(async () => {
  await keyed[Symbol.asyncDispose]();
  await scattered[Symbol.asyncDispose]();
});

test('one backlog gets as many flags with random keys as with the customer as the key', async () => {
  const flags = 'select loaded_count::int as loaded, flagged_count::int as flagged from etl_batches';
  const [expected] = await keyed.query<{ loaded: number; flagged: number }>(flags);
  expect(expected?.flagged).toBeGreaterThan(200);
  expect(await scattered.query(flags)).toEqual([expected]);
});

const own = ['batch_id', 'processed_at', 'raised_at', 'rejected_id', 'rejected_at', 'published_at'];
const places = ['kafka_partition', 'kafka_offset', 'arrived_at', 'partition', 'offset', 'raw_key'];

test.each([
  'transactions',
  'fraud_alerts',
  'customer_profiles',
  'customer_days',
  'sales_per_minute',
  'rejected_transactions',
])('%s holds the same, whatever the keys are', async (table) => {
  const digest = `select count(*)::int as rows, md5(string_agg(line, e'\\n' order by line)) as digest
    from (select (to_jsonb(t) - $1::text[])::text as line from ${table} t) lines`;
  const dropped = [[...own, ...places, 'topic']];
  const [expected] = await keyed.query<{ rows: number }>(digest, dropped);
  expect(expected?.rows).toBeGreaterThan(0);
  expect(await scattered.query(digest, dropped)).toEqual([expected]);
});

test('the ledger counts the records whose key is not their customer, and the customers in several partitions', async () => {
  const counts = 'select other_key_count::int, no_key_count::int, scattered_customer_count::int from etl_batches';
  expect(await keyed.query(counts)).toEqual([{ other_key_count: 0, no_key_count: 0, scattered_customer_count: 0 }]);
  const customers = new Set(sales.map((sale) => sale.customer_id)).size;
  const [found] = await scattered.query<Record<string, number>>(counts);
  expect(found).toMatchObject({ other_key_count: count, scattered_customer_count: customers });
  expect(found?.['no_key_count']).toBeGreaterThan(count / 20);
});

test('status tells how the records were keyed, and what follows from it', async () => {
  const inOrder = { hours: 24, readCount: count, otherKeyCount: 0, noKeyCount: 0, scatteredCustomerCount: 0 };
  expect(JSON.parse((await keyed.etl(['status'])).stdout)).toMatchObject({ keys: inOrder });
  const counted = JSON.parse((await scattered.etl(['status'])).stdout);
  expect(counted).toMatchObject({ keys: { readCount: count, otherKeyCount: count } });
  expect((await runEtl(['status'], { env: keyed.env })).stdout).toContain(
    "key of records     the customer's id of 20,000 records in 24 h",
  );
  expect((await runEtl(['status'], { env: scattered.env })).stdout).toMatch(
    /key of records +not the customer's id for 20,000 of 20,000 records in 24 h \([\d,]+ had none\); up to \d+ customers/,
  );
});

test('only rows of customers in several partitions carry a time of arrival', async () => {
  const carrying = 'select count(*)::int as rows, count(arrived_at)::int as carrying from transactions';
  const [expected] = await keyed.query<{ rows: number }>(carrying);
  expect(expected).toMatchObject({ carrying: 0 });
  expect(await scattered.query(carrying)).toEqual([{ rows: expected?.rows, carrying: expected?.rows }]);
});

test('records without the customer as the key pass the reconciliation, also the deep one', async () => {
  for (const flags of [[], ['--deep']]) {
    const { exitCode, stdout } = await scattered.etl(['reconcile', ...flags]);
    expect(JSON.parse(stdout)).toMatchObject({ differences: 0, listed: [] });
    expect(exitCode).toBe(0);
  }
});

test("a backtest and an explanation go through each customer's records in the order in which they were taken", async () => {
  const file = join(scattered.stagingDir, 'same.json');
  await writeFile(file, JSON.stringify({ ...shipped, version: 'same' }));
  const { stdout } = await scattered.etl(['fraud', 'backtest', '--rules', file, '--since', '7d']);
  expect(JSON.parse(stdout)).toMatchObject({ rejudged: 0, newlyFlagged: { count: 0 }, noLongerFlagged: { count: 0 } });
  const flagged = await scattered.query<{ order_id: string }>(
    `select order_id from transactions where 'velocity' = any(fraud_reasons) order by order_id limit 3`,
  );
  expect(flagged).toHaveLength(3);
  for (const { order_id: orderId } of flagged) {
    const explained = await scattered.etl(['explain', orderId]);
    expect(JSON.parse(explained.stdout)).toMatchObject({ fraud: { isAsStored: true } });
  }
});

test('a reprocess leaves what a reconciliation accepts', async () => {
  const days = new Date(startMs).toISOString().slice(0, 10);
  await scattered.query(`
    insert into tax_rates (country, product_category, rate, valid_from, source)
    values ('US', 'electronics', 0.1, '2020-01-01', 'a correction')`);
  const today = new Date().toISOString().slice(0, 10);
  const reprocessed = await scattered.etl(['reprocess', '--from', days, '--to', today]);
  expect(reprocessed).toMatchObject({ exitCode: 0 });
  expect(await scattered.etl(['reconcile'])).toMatchObject({ exitCode: 0 });
});

const winnersOf = async (pipeline: Pipeline) =>
  pipeline.query(`
    select t.order_id, t.customer_id, t.kafka_partition, r.partition as rejected
    from transactions t join rejected_transactions r using (order_id)
    where r.reason_code = 'order_id_conflict'
    order by order_id`);

const record = (orderId: string, customerId: string, partition: number, afterMs: number): TestRecord =>
  recordOf(aTransaction({ order_id: orderId, customer_id: customerId }), {
    partition,
    timestampMs: startMs + afterMs,
  });

test('of one order id in several partitions the record that came first is loaded, whatever its partition and its key', async () => {
  await using pipeline = await openPipeline();
  await pipeline.publish([
    record('two-customers', 'late', 0, 20),
    record('two-customers', 'early', 2, 10),
    record('at-one-time', 'higher', 1, 10),
    record('at-one-time', 'lower', 0, 10),
    record('in-one-partition', 'ahead', 1, 90),
    record('in-one-partition', 'behind', 1, 30),
    record('keeps-its-order', 'as-before', 0, 5),
  ]);
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 4, duplicates: 0, rejected: 3 });
  expect(await winnersOf(pipeline)).toEqual([
    { order_id: 'at-one-time', customer_id: 'lower', kafka_partition: 0, rejected: 1 },
    { order_id: 'in-one-partition', customer_id: 'ahead', kafka_partition: 1, rejected: 1 },
    { order_id: 'two-customers', customer_id: 'early', kafka_partition: 2, rejected: 0 },
  ]);
  expect(await pipeline.etl(['reconcile', '--deep'])).toMatchObject({ exitCode: 0 });
});

test("of two contents of one customer's order the one that came first is loaded", async () => {
  await using pipeline = await openPipeline();
  const sale = aTransaction({ order_id: 'changed', amount: '10.00' });
  const at = (changes: Partial<TransactionMessage>, partition: number, afterMs: number) =>
    recordOf({ ...sale, ...changes }, { partition, timestampMs: startMs + afterMs });
  await pipeline.publish([at({ amount: '12.00' }, 0, 2), at({ amount: '11.00' }, 2, 1), at({ amount: '11.00' }, 1, 3)]);
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 1, duplicates: 1, rejected: 1 });
  expect(await pipeline.query('select trim_scale(amount)::text as amount, kafka_partition from transactions')).toEqual([
    { amount: '11', kafka_partition: 2 },
  ]);
  expect(await pipeline.etl(['reconcile', '--deep'])).toMatchObject({ exitCode: 0 });
});

test('a topic that stamps records as it appends them is taken in that order', async () => {
  await using pipeline = await openPipeline();
  await withAdmin(pipeline.kafka, (admin) =>
    admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name: pipeline.topic,
          configEntries: [{ name: 'message.timestamp.type', value: 'LogAppendTime' }],
        },
      ],
    }),
  );
  await pipeline.publish([
    recordOf(aTransaction({ order_id: 'disputed', customer_id: 'first' }), { partition: 2, timestampMs: startMs + 9 }),
  ]);
  await pipeline.publish([
    recordOf(aTransaction({ order_id: 'disputed', customer_id: 'second' }), { partition: 0, timestampMs: startMs }),
  ]);
  await pipeline.batch(['run']);
  expect(await winnersOf(pipeline)).toMatchObject([{ customer_id: 'first', kafka_partition: 2, rejected: 0 }]);
});

const times = z.array(z.object({ order_id: z.string(), arrived_at: z.date().nullable() }));

test('a record whose clock is behind waits for the one ahead of it in its partition', async () => {
  await using pipeline = await openPipeline();
  const at = (orderId: string, partition: number, afterMs: number) =>
    recordOf(aTransaction({ order_id: orderId }), { partition, timestampMs: startMs + afterMs });
  await pipeline.publish([
    at('a', 0, 10),
    at('b', 0, 4),
    at('c', 1, 7),
    ...someTransactions(1, () => ({ order_id: 'other', customer_id: 'another' })).map((sale) =>
      recordOf(sale, { partition: 0, timestampMs: startMs }),
    ),
  ]);
  await pipeline.batch(['run']);
  const rows = await pipeline.query('select order_id, arrived_at from transactions order by order_id');
  expect(times.parse(rows)).toEqual([
    { order_id: 'a', arrived_at: new Date(startMs + 10) },
    { order_id: 'b', arrived_at: new Date(startMs + 10) },
    { order_id: 'c', arrived_at: new Date(startMs + 7) },
    { order_id: 'other', arrived_at: null },
  ]);
  expect(await pipeline.etl(['reconcile'])).toMatchObject({ exitCode: 0 });
});
