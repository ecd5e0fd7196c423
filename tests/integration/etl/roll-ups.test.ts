import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, afterAll, expect, test } from 'vitest';
import * as z from 'zod';

import { openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { runProducer } from '../../support/programs.ts';
import { sqlOfDimensions } from '../../support/sales-dimensions.ts';

const ledgerLine = z.object({
  order_id: z.string(),
  key: z.string(),
  amount: z.string(),
  currency: z.string(),
  partition: z.number(),
  offset: z.number(),
  kind: z.string(),
  sha256: z.string().nullish(),
});
type LedgerLine = z.output<typeof ledgerLine>;

const shares = '--duplicate-share 0.1 --malformed-share 0.1 --late-share 0.1 --fraud-share 0.1'.split(' ');

let pipeline: Pipeline;
let ledger: readonly LedgerLine[];

// Three rounds of traffic, each loaded by a batch or two: duplicates, conflicts and late sales cross the batches.
beforeAll(async () => {
  pipeline = await openPipeline({ env: { ETL_BATCH_MAX_MESSAGES: '2500' } });
  const file = join(pipeline.stagingDir, 'ledger.jsonl');
  for (const seed of ['1', '2', '1']) {
    const span = ['--time-span', '6h'];
    const { exitCode, stderr } = await runProducer(
      ['--count', '2000', '--seed', seed, ...shares, ...span, '--ledger', file],
      { env: pipeline.env },
    );
    if (exitCode !== 0) throw new Error(`the producer ended with ${exitCode}:\n${stderr}`);
    await pipeline.batch(['run']);
  }
  await pipeline.batch(['run', '--until-empty']);
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  ledger = lines.map((line) => ledgerLine.parse(JSON.parse(line)));
  await rm(file);
});

afterAll(() => pipeline[Symbol.asyncDispose]());

test('every acknowledged message is a row, a duplicate of one, or in quarantine', async () => {
  expect(ledger).toHaveLength(6000);
  const [counts] = await pipeline.query(`
    select sum(read_count)::int as read, sum(loaded_count)::int as loaded, sum(duplicate_count)::int as duplicates,
      sum(rejected_count)::int as rejected from etl_batches`);
  const malformed = ledger.filter(({ kind }) => kind.startsWith('malformed:'));
  const orders = new Set(ledger.filter(({ kind }) => kind === 'valid').map(({ order_id: id }) => id));
  expect(counts).toEqual({
    read: 6000,
    loaded: orders.size,
    duplicates: 6000 - orders.size - malformed.length,
    rejected: malformed.length,
  });
});

test('each valid message is one row, with the amount and the coordinates that Kafka acknowledged', async () => {
  const sent = new Map<string, LedgerLine>();
  for (const line of ledger.filter(({ kind }) => kind === 'valid'))
    if (!sent.has(line.order_id)) sent.set(line.order_id, line);
  const rows = await pipeline.query<{ order_id: string; fields: unknown }>(`
    select order_id, jsonb_build_array(customer_id, trim_scale(amount)::text, currency, kafka_partition, kafka_offset) as fields
    from transactions`);
  const loaded = new Map(rows.map(({ order_id: orderId, fields }) => [orderId, fields]));
  expect(loaded.size).toBe(sent.size);
  for (const [orderId, { key, amount, currency, partition, offset }] of sent) {
    expect(loaded.get(orderId)).toEqual([key, trimmed(amount), currency, partition, offset]);
  }
});

test('each malformed message stands in quarantine byte for byte, where Kafka acknowledged it', async () => {
  const rows = await pipeline.query<{ partition: number; offset: string; raw_value: Buffer | null }>(
    'select partition, "offset", raw_value from rejected_transactions',
  );
  const found = rows.map(({ partition, offset, raw_value: value }) => `${partition} ${offset} ${sha256(value)}`);
  const sent = ledger
    .filter(({ kind }) => kind.startsWith('malformed:'))
    .map(({ partition, offset, sha256: sum = null }) => `${partition} ${offset} ${sum}`);
  expect(found.toSorted()).toEqual(sent.toSorted());
});

test("sums of each currency equal those of the producer's ledger to the last minor unit", async () => {
  const sums = new Map<string, bigint>();
  const counted = new Set<string>();
  for (const { kind, order_id: orderId, amount, currency } of ledger) {
    if (kind !== 'valid' || counted.has(orderId)) continue;
    counted.add(orderId);
    sums.set(currency, (sums.get(currency) ?? 0n) + tenThousandths(amount));
  }
  const rows = await pipeline.query<{ currency: string; minutes: string; facts: string }>(`
    select currency, sum(amount_sum) as minutes, (select sum(amount) from transactions t where t.currency = s.currency) as facts
    from sales_per_minute s group by currency`);
  expect(rows.length).toBeGreaterThanOrEqual(5);
  expect(new Map(rows.map(({ currency, facts }) => [currency, tenThousandths(facts)]))).toEqual(sums);
  expect(new Map(rows.map(({ currency, minutes }) => [currency, tenThousandths(minutes)]))).toEqual(sums);
});

test('amounts in the base currency and taxes are exact, and rounded once', async () => {
  const wrong = await pipeline.query(`
    with decimals (currency, digits) as (select distinct currency, case currency when 'JPY' then 0 when 'KRW' then 0 when 'KWD' then 3 else 2 end from transactions)
    select order_id, amount, currency, amount_base, tax_amount from transactions join decimals using (currency)
    where amount_base <> ${halfEven('amount / exchange_rate')}
      or tax_amount_base <> ${halfEven('tax_amount / exchange_rate')}
      or tax_amount <> round(amount * tax_rate, digits) or total_amount <> amount + tax_amount
    limit 5`);
  expect(wrong).toEqual([]);
});

test.each([
  [
    'sales_per_minute',
    `select date_trunc('minute', transaction_timestamp) as minute, ${sqlOfDimensions.values},
       count(*) as transaction_count, count(*) filter (where is_fraud_flagged) as flagged_count,
       sum(amount) as amount_sum, sum(tax_amount) as tax_sum, sum(total_amount) as total_sum,
       sum(amount_base) as amount_base_sum, sum(tax_amount_base) as tax_base_sum
     from transactions group by ${sqlOfDimensions.positions}`,
  ],
  [
    'sales_per_hour',
    `select date_trunc('hour', transaction_timestamp, 'UTC') as hour, ${sqlOfDimensions.values},
       count(*) as transaction_count, count(*) filter (where is_fraud_flagged) as flagged_count,
       sum(amount) as amount_sum, sum(tax_amount) as tax_sum, sum(total_amount) as total_sum,
       sum(amount_base) as amount_base_sum, sum(tax_amount_base) as tax_base_sum
     from transactions group by ${sqlOfDimensions.positions}`,
  ],
  [
    'tax_per_day',
    `select tax_date, coalesce(country, '') as country, product_category, tax_rate, count(*) as transaction_count,
       sum(amount_base) as amount_base_sum, sum(tax_amount_base) as tax_base_sum
     from transactions group by 1, 2, 3, 4`,
  ],
  [
    'customer_days',
    `select (transaction_timestamp at time zone 'UTC')::date as day, customer_id, count(*) as transaction_count,
       count(*) filter (where is_fraud_flagged) as flagged_count, sum(amount_base) as amount_base_sum,
       max(transaction_timestamp) as last_transaction_at
     from transactions group by 1, 2`,
  ],
  [
    'customer_profiles',
    `select customer_id, count(*) as transaction_count, sum(amount_base) as amount_base_sum,
       sum(amount_base * amount_base) as amount_base_sum_of_squares, min(transaction_timestamp) as first_transaction_at,
       max(transaction_timestamp) as last_transaction_at,
       (array_agg(country order by transaction_timestamp desc, kafka_offset desc))[1] as last_country,
       (array_agg(currency order by transaction_timestamp desc, kafka_offset desc))[1] as last_currency,
       jsonb_agg(recent order by transaction_timestamp desc, processed_at desc, kafka_offset desc)
         filter (where place <= 20 and transaction_timestamp >= latest - interval '48 hours') as recent_sales
     from (
       select *, max(transaction_timestamp) over (partition by customer_id) as latest,
         row_number() over (partition by customer_id order by transaction_timestamp desc, processed_at desc, kafka_offset desc) as place,
         jsonb_build_array(
           (extract(epoch from transaction_timestamp) * 1000)::bigint,
           (amount * case currency when 'JPY' then 1 when 'KRW' then 1 when 'KWD' then 1000 else 100 end)::bigint,
           (amount_base * 100)::bigint, currency, coalesce(country, '')) as recent
       from transactions
     ) sale group by 1`,
  ],
])('%s is what SQL computes from the transactions', async (table, recomputed) => {
  const { rows, fields } = await pipeline.client.query({ text: `select * from ${table} limit 1` });
  expect(rows).toHaveLength(1);
  const columns = fields.map(({ name }) => name).join(', ');
  const [stored, expected] = [
    `select ${columns} from ${table}`,
    `select ${columns} from (${recomputed}) as recomputed`,
  ];
  expect(await pipeline.query(`(${stored} except ${expected}) limit 3`)).toEqual([]);
  expect(await pipeline.query(`(${expected} except ${stored}) limit 3`)).toEqual([]);
});

/** Rounds an exact quotient to cents, a half to the even neighbour, as SQL's round() does not. */
function halfEven(quotient: string): string {
  const cents = `(${quotient.replace(/\w+/, '$&::numeric(60, 30)')} * 100)`;
  return `(case when abs(${cents} - trunc(${cents})) = 0.5 then 2 * round(${cents} / 2) else round(${cents}) end / 100)`;
}

/** Decimal text as a whole number of ten thousandths. */
function tenThousandths(text: string): bigint {
  const [integer = '', fraction = ''] = text.split('.');
  return BigInt(integer + fraction.padEnd(4, '0'));
}

function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function sha256(value: Buffer | null): string | null {
  return value === null ? null : createHash('sha256').update(value).digest('hex');
}
