import type { Client } from 'pg';

/** The size of the warehouse. */
export interface Size {
  readonly facts: number;
  /** The facts are spread over this many days up to now. */
  readonly days: number;
}

const chunk = 1_000_000;
const batchesPerDay = 2_880;
const customers = 50_000;

/** The producer's ratios. */
const lateRatio = 0.02;
const lateHoursMax = 48;
const flaggedRatio = 0.03;

/** Countries with their currencies and their percentage of the customers. */
const markets = [
  ['US', 'USD', 40],
  ['GB', 'GBP', 10],
  ['DE', 'EUR', 10],
  ['FR', 'EUR', 7],
  ['IT', 'EUR', 4],
  ['ES', 'EUR', 4],
  ['NL', 'EUR', 3],
  ['JP', 'JPY', 7],
  ['CA', 'CAD', 5],
  ['AU', 'AUD', 4],
  ['CH', 'CHF', 2],
  ['SE', 'SEK', 1],
  ['PL', 'PLN', 1],
  ['KR', 'KRW', 1],
  ['KW', 'KWD', 1],
] as const;

const countries = arrayOf(markets.flatMap(([country, , percent]) => Array<string>(percent).fill(country)));
const currencies = arrayOf(markets.flatMap(([, currency, percent]) => Array<string>(percent).fill(currency)));
const categories = arrayOf([
  'electronics',
  'clothing',
  'home_garden',
  'sports',
  'books',
  'toys',
  'automotive',
  'health_beauty',
]);

/**
 * Fills `transactions` in the order of loading: steady traffic, some of it late, in batches every 30 seconds. Commits are
 * asynchronous, because the warehouse is temporary.
 */
export async function fillFacts(
  client: Client,
  size: Size,
  signal: AbortSignal,
  onProgress: (line: string) => void,
): Promise<void> {
  await client.query('set synchronous_commit = off');
  await client.query('select setseed(0.42)');
  for (let from = 0; from < size.facts; from += chunk) {
    signal.throwIfAborted();
    const next = Math.min(from + chunk, size.facts);
    await client.query(insertFacts, [from, next - 1, size.facts, size.days]);
    onProgress(`${next.toLocaleString('en')} facts`);
  }
}

const insertFacts = `
insert into transactions (
  order_id, transaction_timestamp, processed_at, kafka_offset, kafka_partition, kafka_epoch, tax_date,
  exchange_rate_date, fraud_score, is_fraud_flagged, amount, currency, tax_amount, total_amount, amount_base,
  tax_amount_base, exchange_rate, tax_rate, tax_jurisdiction, customer_id, product_category, country, batch_id,
  fraud_reasons, content_hash
)
select
  lpad(to_hex(i), 12, '0') || '-' || md5(i::text),
  sold_at,
  loaded_at,
  i / 3,
  i % 3,
  0,
  (sold_at at time zone 'UTC')::date,
  (sold_at at time zone 'UTC')::date,
  case when is_flagged then 60 + (i % 40) else 0 end,
  is_flagged,
  price,
  (${currencies})[market],
  round(price * 0.085, 2),
  price + round(price * 0.085, 2),
  price,
  round(price * 0.085, 2),
  1,
  0.085,
  (${countries})[market],
  'customer-' || customer,
  (${categories})[category],
  (${countries})[market],
  'scheduled__' || batch,
  case when is_flagged then array['amount_limit'] else array[]::text[] end,
  sha256(i::text::bytea)
from (
  select
    i,
    batch,
    now() - make_interval(days => $4::int) + (batch + 1) * interval '30 seconds' as loaded_at,
    now() - make_interval(days => $4::int)
      + make_interval(secs => i::float8 / $3::float8 * $4::int * 86400)
      - case when r1 < ${lateRatio} then r2 * interval '${lateHoursMax} hours' else interval '0' end as sold_at,
    r3 < ${flaggedRatio} as is_flagged,
    round((10 + 400 * r4 * r4)::numeric, 2) as price,
    1 + floor(r5 * 100)::int as market,
    1 + floor(r6 * 8)::int as category,
    floor(r7 * r7 * ${customers})::int as customer
  from (
    select
      i,
      floor(i::float8 / $3::float8 * $4::int * ${batchesPerDay})::int as batch,
      random() as r1, random() as r2, random() as r3, random() as r4, random() as r5, random() as r6, random() as r7
    from generate_series($1::bigint, $2::bigint) as i
  ) as drawn
) as sale`;

function arrayOf(values: readonly string[]): string {
  return `array[${values.map((value) => `'${value}'`).join(', ')}]`;
}
