import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { deleteRecordsBelow, publishInTransaction, recordOf } from '../../support/kafka.ts';
import { aTransaction, someTransactions } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';

let pipeline: Pipeline;

const tables = [
  'etl_batches',
  'etl_batch_ranges',
  'rejected_transactions',
  'replay_claims',
  'transactions',
  'fraud_alerts',
  'source_positions',
  'sales_per_minute',
  'sales_per_hour',
  'tax_per_day',
  'customer_days',
  'customer_profiles',
  'etl_incidents',
];

// Every kind of record, in several batches, with a replay among them: what a warehouse looks like after some time.
beforeAll(async () => {
  pipeline = await openPipeline({ partitions: 2 });
  const old = new Date(Date.now() - 3 * 86_400_000).toISOString();
  const micros = `${new Date().toISOString().slice(0, 19)}.123456Z`;
  const sales = someTransactions(60, (index) => ({
    order_id: `order-${index}`,
    customer_id: `customer-${index % 7}`,
    currency: ['USD', 'EUR', 'JPY'][index % 3] ?? 'USD',
    amount: index % 3 === 2 ? '3000000' : `${index}.37`,
    timestamp: index % 2 === 0 ? micros : new Date(Date.now() - index * 60_000).toISOString(),
  }));
  await pipeline.publish(sales.slice(0, 30));
  await pipeline.batch(['run', '--batch', 'b-1']);
  await publishInTransaction(
    pipeline.kafka,
    pipeline.topic,
    sales.slice(30, 40).map((sale) => recordOf(sale)),
    'abort',
  );
  await publishInTransaction(
    pipeline.kafka,
    pipeline.topic,
    sales.slice(30, 40).map((sale) => recordOf(sale)),
    'commit',
  );
  await pipeline.publish([...sales.slice(20, 30), { ...aTransaction(), order_id: 'order-1' }, { value: 'not JSON' }]);
  await pipeline.publish(someTransactions(5, (index) => ({ order_id: `old-${index}`, timestamp: old })));
  await pipeline.batch(['run', '--batch', 'b-2'], { ETL_EVENT_AGE_MAX_DAYS: '1' });
  await pipeline.batch(['rejected', 'replay', '--reason-code', 'timestamp_too_old', '--batch', 'r-1']);
  await pipeline.publish(sales.slice(40));
  await pipeline.batch(['run', '--batch', 'b-3']);
  const { client } = pipeline;
  // Faults are planted that these would refuse.
  await client.query(`
    alter table etl_batches drop constraint etl_batches_balance_check;
    alter table etl_batch_ranges drop constraint etl_batch_ranges_count_check;
    alter table etl_batch_ranges drop constraint etl_batch_ranges_balance_check;
    alter table etl_batch_ranges drop constraint etl_batch_ranges_loaded_excl;
    create schema kept`);
  for (const table of tables) await client.query(`create table kept.${table} as table public.${table}`);
});

beforeEach(async () => {
  const { client } = pipeline;
  await client.query(`truncate ${tables.join(', ')} cascade`);
  for (const table of tables) {
    await client.query(`insert into ${table} overriding system value select * from kept.${table}`);
  }
});

afterAll(() => pipeline[Symbol.asyncDispose]());

interface Result {
  readonly exitCode: number | undefined;
  readonly line: {
    readonly differences: number;
    readonly batches: number;
    readonly transactions: number;
    readonly read_again: number | null;
    readonly listed: readonly { readonly check: string; readonly subject: string }[];
  };
}

async function reconcile(...flags: readonly string[]): Promise<Result> {
  const { exitCode, stdout, stderr } = await pipeline.etl(['reconcile', ...flags]);
  if (stdout === '') throw new Error(stderr);
  return { exitCode, line: JSON.parse(stdout) };
}

function checksOf({ line }: Result): readonly string[] {
  return [...new Set(line.listed.map(({ check }) => check))].toSorted();
}

test.each([[[]], [['--deep']], [['--since', '1h']], [['--since', '1h', '--deep']]])(
  'a sound warehouse has no difference: reconcile %s',
  async (flags) => {
    const { exitCode, line } = await reconcile(...flags);
    expect(line).toMatchObject({ differences: 0, listed: [], batches: 4, transactions: 65 });
    expect(line.read_again).toBe(flags.includes('--deep') ? 77 : null);
    expect(exitCode).toBe(0);
  },
);

test('nothing loaded since is nothing to look at', async () => {
  expect((await reconcile('--since', '2099-01-01')).line).toMatchObject({
    differences: 0,
    batches: 0,
    transactions: 0,
  });
});

const faults: readonly (readonly [what: string, sql: string, checks: readonly string[]])[] = [
  [
    'a batch that counted one more',
    `update etl_batches set read_count = read_count + 1 where batch_id = 'b-1'`,
    ['batch_balance', 'range_sums'],
  ],
  [
    'a transaction that is gone',
    `delete from transactions where order_id = 'order-3'`,
    [
      'batch_transactions',
      'currency_sums',
      'customer_days',
      'customer_profiles',
      'range_transactions',
      'recent_sales',
      'sales_per_hour',
      'sales_per_minute',
      'tax_per_day',
    ],
  ],
  [
    'a transaction of no batch',
    `update transactions set batch_id = 'nobody' where order_id = 'order-3'`,
    ['batch_transactions', 'range_transactions'],
  ],
  [
    'a transaction from elsewhere',
    `update transactions set kafka_offset = 9999 where order_id = 'order-3'`,
    ['range_transactions'],
  ],
  [
    'a rejected record that is gone',
    `delete from rejected_transactions where reason_code = 'not_json'`,
    ['batch_rejects', 'range_rejects'],
  ],
  [
    'a record loaded twice',
    `
    update transactions set (kafka_partition, kafka_offset) =
      (select kafka_partition, kafka_offset from transactions where order_id = 'order-1' )
    where order_id = 'order-8' and kafka_partition = (select kafka_partition from transactions where order_id = 'order-1')`,
    ['record_twice'],
  ],
  [
    'a replayed record that is open again',
    `
    update rejected_transactions set status = 'open', status_batch_id = null
    where rejected_id = (select min(rejected_id) from rejected_transactions where status = 'replayed')`,
    ['record_in_two_places'],
  ],
  [
    'a record replayed by nobody',
    `
    update rejected_transactions set status = 'replayed', status_batch_id = 'r-1' where reason_code = 'not_json'`,
    ['replayed_without_replay'],
  ],
  [
    'a claim that changed',
    `
    update replay_claims set outcome = 'duplicate' where rejected_id = (select min(rejected_id) from replay_claims)`,
    ['replay_outcomes'],
  ],
  [
    'a replay that lost its transaction',
    `
    update transactions set kafka_epoch = 1 where order_id = 'old-1'`,
    ['replay_without_transaction'],
  ],
  [
    'a range that was never loaded',
    `update etl_batch_ranges set is_loaded = false where batch_id = 'b-2' and partition = 0`,
    ['range_gap', 'range_sums'],
  ],
  [
    'a position that jumped',
    `update source_positions set next_offset = next_offset + 5 where partition = 1`,
    ['range_gap'],
  ],
  [
    'a position that fell back',
    `update source_positions set next_offset = next_offset - 1 where partition = 1`,
    ['range_overlap'],
  ],
  [
    'ranges that overlap',
    `update etl_batch_ranges set from_offset = from_offset - 1 where batch_id = 'b-3' and partition = 0`,
    ['range_balance', 'range_overlap'],
  ],
  [
    'a hole too many',
    `update etl_batch_ranges set hole_count = hole_count + 1 where batch_id = 'b-2' and partition = 1`,
    ['range_balance', 'range_sums'],
  ],
  [
    'a duplicate too many in a range',
    `update etl_batch_ranges set duplicate_count = duplicate_count + 1 where batch_id = 'b-2' and partition = 1`,
    ['range_balance'],
  ],
  [
    'a cent too much in a minute',
    `
    update sales_per_minute set amount_sum = amount_sum + 0.01
    where ctid = (select max(ctid) from sales_per_minute where currency = 'EUR')`,
    ['currency_sums', 'sales_per_minute'],
  ],
  [
    'a minute too many',
    `
    insert into sales_per_minute select minute - interval '1 year', product_category, currency, country, 0, 0, 0, 0, 0, 0, 0
    from sales_per_minute limit 1`,
    ['sales_per_minute'],
  ],
  [
    'an hour that lacks a sale',
    `
    update sales_per_hour set transaction_count = transaction_count - 1
    where ctid = (select max(ctid) from sales_per_hour where currency = 'EUR')`,
    ['sales_per_hour'],
  ],
  [
    'a tax counted under another rate',
    `
    update tax_per_day set tax_rate = 0.5
    where ctid = (select max(ctid) from tax_per_day)`,
    ['tax_per_day'],
  ],
  [
    "a customer's day that is gone",
    `delete from customer_days where ctid = (select max(ctid) from customer_days)`,
    ['customer_days'],
  ],
  [
    "a customer's last country",
    `update customer_profiles set last_country = 'FR' where customer_id = 'customer-2'`,
    ['customer_profiles'],
  ],
  [
    "a customer's squares",
    `update customer_profiles set amount_base_sum_of_squares = amount_base_sum_of_squares + 0.0001 where customer_id = 'customer-2'`,
    ['customer_profiles'],
  ],
  [
    'an amount among the recent sales of a customer',
    `update customer_profiles set recent_sales = jsonb_set(recent_sales, '{1,2}', '12345') where customer_id = 'customer-2'`,
    ['recent_sales'],
  ],
  [
    'a recent sale of a customer that is gone',
    `update customer_profiles set recent_sales = recent_sales - -1 where customer_id = 'customer-2'`,
    ['recent_sales'],
  ],
  [
    'a total that does not add up',
    `
    update transactions set total_amount = total_amount + 0.01 where order_id = 'order-4'`,
    ['currency_sums', 'row_arithmetic', 'sales_per_hour', 'sales_per_minute'],
  ],
  [
    'an alert that is gone',
    `delete from fraud_alerts where order_id = (select min(order_id) from fraud_alerts)`,
    ['fraud_alert'],
  ],
];

test.each(faults)('%s is found', async (_what, sql, expected) => {
  const { rowCount } = await pipeline.client.query(sql);
  expect(rowCount).toBe(1);
  const result = await reconcile();
  expect(checksOf(result)).toEqual(expected);
  expect(result.exitCode).toBe(1);
});

test.each(faults.filter(([what]) => /cent|squares|last country|among the recent/.test(what)))(
  '%s is also found since an hour ago',
  async (_what, sql, expected) => {
    await pipeline.client.query(sql);
    const result = await reconcile('--since', '1h');
    expect(checksOf(result)).toEqual(expected.filter((check) => check !== 'currency_sums'));
  },
);

test('a gap that somebody has accepted is no difference', async () => {
  const { client } = pipeline;
  const { rows } = await client.query(`
    update source_positions set next_offset = next_offset + 5 where partition = 1 returning next_offset - 5 as from, next_offset as next`);
  await client.query(
    `insert into etl_incidents (kind, topic, partition, from_offset, next_offset, lost_count, message, resolved_at, resolved_by, resolution)
     values ('truncated_before_position', $1, 1, $2, $3, 5, 'lost', now(), 'somebody', 'a test')`,
    [pipeline.topic, rows[0].from, rows[0].next],
  );
  expect(checksOf(await reconcile())).toEqual([]);
});

const deepFaults: readonly (readonly [what: string, sql: string, checks: readonly string[]])[] = [
  [
    'a transaction with another content',
    `update transactions set content_hash = sha256('x') where order_id = 'order-5'`,
    ['content_differs'],
  ],
  [
    'a rejected record with other bytes',
    `update rejected_transactions set raw_value = 'other' where reason_code = 'not_json'`,
    ['bytes_differ'],
  ],
  [
    'a transaction that is gone with all its traces',
    `
    with gone as (delete from transactions where order_id = 'order-5' returning *)
    update etl_batch_ranges r
    set loaded_count = loaded_count - 1, duplicate_count = duplicate_count + 1
    from gone where r.batch_id = gone.batch_id and r.partition = gone.kafka_partition`,
    ['record_lost', 'range_duplicates'],
  ],
];

test.each(deepFaults)('%s is found by reading Kafka again', async (_what, sql, expected) => {
  const { rowCount } = await pipeline.client.query(sql);
  expect(rowCount).toBe(1);
  expect(checksOf(await reconcile('--deep'))).toEqual(expect.arrayContaining([...expected]));
});

test('its result is stored, with each difference', async () => {
  await pipeline.client.query(`delete from fraud_alerts where order_id = (select min(order_id) from fraud_alerts)`);
  await reconcile('--deep', '--since', '1h');
  const [row] = await pipeline.query(`
    select is_deep, since is not null as since, checked_batch_count, checked_transaction_count, difference_count, differences->0->>'check' as check,
      differences->0->>'subject' as subject
    from etl_reconciliations order by reconciliation_id desc limit 1`);
  expect(row).toEqual({
    is_deep: true,
    since: true,
    checked_batch_count: 4,
    checked_transaction_count: '65',
    difference_count: 1,
    check: 'fraud_alert',
    subject: expect.stringMatching(/^order order-/),
  });
});

test('it is right while loads go on beside it', async () => {
  const progress = { isDone: false };
  const loading = (async () => {
    for (let round = 0; round < 6; round += 1) {
      await pipeline.publish(someTransactions(300, (index) => ({ customer_id: `customer-${index % 7}` })));
      await pipeline.batch(['run']);
    }
    progress.isDone = true;
  })();
  const results: Result[] = [];
  while (!progress.isDone) results.push(await reconcile('--deep'));
  await loading;
  expect(results.flatMap(({ line }) => line.listed)).toEqual([]);
  expect(new Set(results.map(({ line }) => line.batches)).size).toBeGreaterThan(1);
});

test('what retention has deleted is not compared', async () => {
  await deleteRecordsBelow(pipeline.kafka, pipeline.topic, 0, 5);
  await deleteRecordsBelow(pipeline.kafka, pipeline.topic, 1, 5);
  const { line } = await reconcile('--deep');
  expect(line.differences).toBe(0);
  expect(line.read_again).toBeLessThan(77);
});
