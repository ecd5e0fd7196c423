import { expect, test } from 'vitest';

import { aTransaction, someTransactions } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { startEtl } from '../../support/programs.ts';
import { sqlOfDimensions } from '../../support/sales-dimensions.ts';

const today = new Date().toISOString().slice(0, 10);
const window = ['--from', today, '--to', today];

async function reprocess(pipeline: Pipeline, flags: readonly string[] = []) {
  const { exitCode, stdout, stderr } = await pipeline.etl(['reprocess', ...window, ...flags]);
  if (exitCode !== 0) throw new Error(`etl reprocess ended with ${exitCode}:\n${stderr}`);
  return JSON.parse(stdout);
}

/** A tax of 10 % for books in the United States from now on recorded, and a dollar that buys fewer yen. */
async function correctRates(pipeline: Pipeline): Promise<void> {
  await pipeline.query(`
    insert into tax_rates (country, product_category, rate, valid_from, source)
    values ('US', 'books', 0.1, '2020-01-01', 'a correction')`);
  await pipeline.client.query('begin');
  await pipeline.query('set constraints exchange_rates_validity_excl deferred');
  await pipeline.query(
    `insert into exchange_rates (base, quote, rate, valid_from, valid_to, source)
     values ('USD', 'JPY', 100, $1::date, $1::date + 1, 'a correction')`,
    [today],
  );
  await pipeline.query(`
    update exchange_rates earlier set superseded_by = later.exchange_rate_id
    from exchange_rates later
    where later.source = 'a correction' and earlier.source = 'sample'
      and (earlier.base, earlier.quote, earlier.valid_from) = (later.base, later.quote, later.valid_from)`);
  await pipeline.client.query('commit');
}

const timestamp = `${today}T00:00:01Z`;

async function loadSales(pipeline: Pipeline): Promise<void> {
  await pipeline.publish([
    aTransaction({ order_id: 'book', amount: '100.00', product_category: 'books', timestamp }),
    aTransaction({
      order_id: 'book-2',
      amount: '0.05',
      product_category: 'books',
      timestamp,
      customer_id: 'customer-2',
    }),
    aTransaction({ order_id: 'toy', amount: '100.00', product_category: 'toys', timestamp }),
    aTransaction({ order_id: 'yen', amount: '1500', currency: 'JPY', country: 'JP', timestamp }),
  ]);
  await pipeline.batch(['run']);
}

const everything = `
  select (select jsonb_agg(t order by order_id) from transactions t) as facts,
    (select jsonb_agg(s order by minute, ${sqlOfDimensions.names}) from sales_per_minute s) as minutes,
    (select jsonb_agg(s order by hour, ${sqlOfDimensions.names}) from sales_per_hour s) as hours,
    (select jsonb_agg(t order by tax_date, country, product_category, tax_rate) from tax_per_day t) as taxes,
    (select jsonb_agg(d order by day, customer_id) from customer_days d) as days,
    (select jsonb_agg(p order by customer_id) from customer_profiles p) as profiles,
    (select count(*) from transaction_revisions) as revisions,
    (select state_version from warehouse_state) as state_version`;

/** What differs between the roll-ups and what SQL computes from the facts. */
const rollUpFaults = `
  select 'minutes' as roll_up, count(*)::int as faults from (
    (select minute, ${sqlOfDimensions.names}, transaction_count, amount_sum, tax_sum, total_sum, amount_base_sum, tax_base_sum
     from sales_per_minute)
    except
    (select date_trunc('minute', transaction_timestamp), ${sqlOfDimensions.values}, count(*),
       sum(amount), sum(tax_amount), sum(total_amount), sum(amount_base), sum(tax_amount_base)
     from transactions group by ${sqlOfDimensions.positions})) minutes
  union all
  select 'hours', count(*)::int from (
    (select hour, ${sqlOfDimensions.names}, transaction_count, amount_sum, tax_sum, total_sum, amount_base_sum, tax_base_sum
     from sales_per_hour)
    except
    (select date_trunc('hour', transaction_timestamp, 'UTC'), ${sqlOfDimensions.values}, count(*),
       sum(amount), sum(tax_amount), sum(total_amount), sum(amount_base), sum(tax_amount_base)
     from transactions group by ${sqlOfDimensions.positions})) hours
  union all
  select 'taxes', count(*)::int from (
    (select tax_date, country, product_category, tax_rate, transaction_count, amount_base_sum, tax_base_sum from tax_per_day)
    except
    (select tax_date, coalesce(country, ''), product_category, tax_rate, count(*), sum(amount_base), sum(tax_amount_base)
     from transactions group by 1, 2, 3, 4)) taxes
  union all
  select 'days', count(*)::int from (
    (select day, customer_id, transaction_count, amount_base_sum from customer_days)
    except
    (select (transaction_timestamp at time zone 'UTC')::date, customer_id, count(*), sum(amount_base)
     from transactions group by 1, 2)) days
  union all
  select 'profiles', count(*)::int from (
    (select customer_id, amount_base_sum, amount_base_sum_of_squares from customer_profiles)
    except
    (select customer_id, sum(amount_base), sum(amount_base * amount_base) from transactions group by 1)) profiles`;

const noFaults = [
  { roll_up: 'minutes', faults: 0 },
  { roll_up: 'hours', faults: 0 },
  { roll_up: 'taxes', faults: 0 },
  { roll_up: 'days', faults: 0 },
  { roll_up: 'profiles', faults: 0 },
];

test('corrected rates change tax and base amounts, roll-ups and profiles together, and the history keeps both', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await loadSales(pipeline);
  const flagged = await pipeline.query(
    'select order_id, fraud_score, is_fraud_flagged from transactions order by order_id',
  );
  await correctRates(pipeline);
  const report = await reprocess(pipeline);
  expect(report).toMatchObject({
    dry_run: false,
    read: 4,
    revised: 3,
    unresolved: {},
    differences: [
      { currency: 'JPY', revisedCount: 1, taxDifference: '0' },
      // 100.00: 10.00 for 8.50; 0.05: 0.01 for 0.00.
      { currency: 'USD', revisedCount: 2, taxDifference: '1.51', amountBaseDifference: '0', taxBaseDifference: '1.51' },
    ],
  });
  expect(
    await pipeline.query(
      'select order_id, tax_amount, total_amount, amount_base, tax_jurisdiction from transactions order by order_id',
    ),
  ).toMatchObject([
    { order_id: 'book', tax_amount: '10.0000', total_amount: '110.0000', tax_jurisdiction: 'US/books' },
    { order_id: 'book-2', tax_amount: '0.0100', total_amount: '0.0600' },
    { order_id: 'toy', tax_amount: '8.5000', total_amount: '108.5000' },
    { order_id: 'yen', amount_base: '15.0000' },
  ]);
  expect(await pipeline.query(rollUpFaults)).toEqual(noFaults);
  expect(
    await pipeline.query(`
      select order_id, revision, tax_amount_before, tax_amount_after, reprocess_id
      from transaction_revisions where order_id like 'book%' order by order_id`),
  ).toEqual([
    {
      order_id: 'book',
      revision: 1,
      tax_amount_before: '8.5000',
      tax_amount_after: '10.0000',
      reprocess_id: report.reprocess_id,
    },
    {
      order_id: 'book-2',
      revision: 1,
      tax_amount_before: '0.0000',
      tax_amount_after: '0.0100',
      reprocess_id: report.reprocess_id,
    },
  ]);
  expect(
    await pipeline.query('select order_id, fraud_score, is_fraud_flagged from transactions order by order_id'),
  ).toEqual(flagged);
});

test('a dry run tells the same difference and changes nothing', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await loadSales(pipeline);
  await correctRates(pipeline);
  const before = await pipeline.query(everything);
  const dryRun = await reprocess(pipeline, ['--dry-run']);
  expect(await pipeline.query(everything)).toEqual(before);
  const done = await reprocess(pipeline);
  expect({ ...dryRun, reprocess_id: done.reprocess_id, dry_run: false }).toEqual(done);
});

test('a second time nothing differs, and nothing is written', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await loadSales(pipeline);
  expect(await reprocess(pipeline)).toMatchObject({ read: 4, revised: 0, reprocess_id: null });
  await correctRates(pipeline);
  await reprocess(pipeline);
  const before = await pipeline.query(everything);
  expect(await reprocess(pipeline)).toMatchObject({ read: 4, revised: 0, reprocess_id: null });
  expect(await pipeline.query(everything)).toEqual(before);
});

test('a sale whose rule is gone keeps its figures, and is counted', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await loadSales(pipeline);
  await pipeline.query("delete from tax_rates where country = 'JP'");
  expect(await reprocess(pipeline)).toMatchObject({ read: 4, revised: 0, unresolved: { tax_rate_missing: 1 } });
  expect(await pipeline.query("select tax_amount from transactions where order_id = 'yen'")).toEqual([
    { tax_amount: '150.0000' },
  ]);
});

test('killed half-way it changes nothing, and the next run does all of it', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish(
    someTransactions(900, (index) => ({ timestamp, product_category: 'books', customer_id: `c-${index % 7}` })),
  );
  await pipeline.batch(['run']);
  await correctRates(pipeline);
  const before = await pipeline.query(everything);
  // Its publication waits for the facts, after the history is written: then it is killed.
  await pipeline.client.query('begin');
  await pipeline.query('lock table customer_profiles in share mode');
  const running = startEtl(['reprocess', ...window], pipeline);
  await expect.poll(async () => waiting(pipeline), { timeout: 30_000 }).toBe(1);
  await running.kill();
  await pipeline.client.query('commit');
  await expect.poll(async () => etlSessions(pipeline), { timeout: 30_000 }).toBe(0);
  expect(await pipeline.query(everything)).toEqual(before);
  expect(await reprocess(pipeline)).toMatchObject({ revised: 900 });
  expect(await pipeline.query(rollUpFaults)).toEqual(noFaults);
});

test('what is loaded while it computes is computed again, too', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await loadSales(pipeline);
  await pipeline.publish([aTransaction({ order_id: 'late', amount: '200.00', product_category: 'books', timestamp })]);
  await pipeline.batch(['transform', '--batch', 'late']);
  await correctRates(pipeline);
  // The load holds the lock while the reprocess reads; it was planned before the correction.
  await pipeline.client.query('begin');
  await pipeline.query('lock table sales_per_minute in share mode');
  const loading = pipeline.etl(['load', '--batch', 'late']);
  await expect.poll(async () => waiting(pipeline), { timeout: 30_000 }).toBe(1);
  const running = pipeline.etl(['reprocess', ...window]);
  await expect.poll(async () => waiting(pipeline), { timeout: 30_000 }).toBe(2);
  await pipeline.client.query('commit');
  expect((await loading).exitCode).toBe(0);
  const { stdout } = await running;
  expect(JSON.parse(stdout)).toMatchObject({ read: 5, revised: 4 });
  expect(await pipeline.query("select tax_amount from transactions where order_id = 'late'")).toEqual([
    { tax_amount: '20.0000' },
  ]);
  expect(await pipeline.query(rollUpFaults)).toEqual(noFaults);
});

/** Sessions of the etl command: that of a process that is gone lasts until it is noticed. */
async function etlSessions(pipeline: Pipeline): Promise<number> {
  const rows = await pipeline.query<{ count: number }>(`
    select count(*)::int as count from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`);
  return rows[0]?.count ?? 0;
}

async function waiting(pipeline: Pipeline): Promise<number> {
  // Within a transaction the view stays as it was first seen.
  await pipeline.query('select pg_stat_clear_snapshot()');
  const rows = await pipeline.query<{ count: number }>(`
    select count(*)::int as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`);
  return rows[0]?.count ?? 0;
}

test('a day that no calendar has is refused by name, and nothing is computed again', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await loadSales(pipeline);
  await correctRates(pipeline);
  const { exitCode, stderr } = await pipeline.etl(['reprocess', '--from', today, '--to', '2026-11-31']);
  expect(exitCode).toBe(64);
  expect(stderr).toMatch(/--to.*No calendar and clock have 2026-11-31/s);
  expect(await pipeline.query('select from transaction_revisions')).toEqual([]);
});
