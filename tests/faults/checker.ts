import type { Client } from 'pg';

import { sqlOfDimensions } from '../support/sales-dimensions.ts';
import type { LogRecord } from './log-reader.ts';
import type { Sent } from './traffic.ts';

/** The records of one epoch of the topic, without those that were lost and accepted as lost. */
export interface ReadEpoch {
  readonly epoch: number;
  readonly records: readonly LogRecord[];
}

export interface Evidence {
  readonly client: Client;
  readonly ledger: readonly Sent[];
  readonly epochs: readonly ReadEpoch[];
  /** Ids of messages that were acknowledged and then deleted from the log before anybody could read them. */
  readonly lostIds: ReadonlySet<string>;
  readonly sampleViolations: readonly string[];
}

/** One promise, and how it was broken: empty when it holds. */
export interface CheckResult {
  readonly name: string;
  readonly violations: readonly string[];
}

const violationsShown = 5;

/** Compares the warehouse with the producer's ledger and Kafka's log. Uses nothing of the etl command but its tables. */
export async function checkAll(evidence: Evidence): Promise<CheckResult[]> {
  const expected = expectations(evidence);
  const checks: Record<string, () => Promise<string[]>> = {
    '1 acknowledged messages are loaded, rejected or duplicates, each order once': () =>
      checkMessages(evidence, expected),
    '2 ranges follow each other from the first offset to the position, and every record was counted': () =>
      checkRanges(evidence),
    '3 every batch balances': () => checkBalance(evidence.client),
    '4 sums per currency': () => checkSums(evidence.client, expected),
    '5 roll-ups equal a recomputation': () => checkRollUps(evidence.client),
    '7 no reader has seen half a batch': async () => [...evidence.sampleViolations],
  };
  const results: CheckResult[] = [];
  for (const [name, check] of Object.entries(checks)) {
    const violations = await check();
    results.push({ name, violations: violations.slice(0, violationsShown) });
  }
  return results;
}

interface Expectations {
  /** By order id: the coordinates of its first record, and what was sent. */
  readonly orders: ReadonlyMap<string, { readonly coordinates: string; readonly sent: Sent }>;
  /** By coordinates, why. */
  readonly rejected: ReadonlyMap<string, string>;
  readonly duplicateCount: number;
  readonly readIds: ReadonlySet<string>;
}

/** What each record of the log becomes: the first of an order counts, equal ones are duplicates, others conflicts. */
function expectations({ ledger, epochs }: Evidence): Expectations {
  const byId = new Map(ledger.map((sent) => [sent.id, sent]));
  const orders = new Map<string, { coordinates: string; sent: Sent }>();
  const rejected = new Map<string, string>();
  const readIds = new Set<string>();
  let duplicateCount = 0;
  for (const { epoch, records } of epochs) {
    for (const { partition, offset, id } of records) {
      const sent = byId.get(id);
      if (sent === undefined) throw new Error(`the log holds a message that nobody sent: ${id}`);
      readIds.add(id);
      const coordinates = `${epoch}/${partition}/${offset}`;
      const earlier = sent.orderId === null ? undefined : orders.get(sent.orderId);
      if (sent.reason !== null || sent.orderId === null) rejected.set(coordinates, sent.reason ?? 'no order id');
      else if (earlier === undefined) orders.set(sent.orderId, { coordinates, sent });
      else if (earlier.sent.amount === sent.amount) duplicateCount += 1;
      else rejected.set(coordinates, 'order_id_conflict');
    }
  }
  return { orders, rejected, duplicateCount, readIds };
}

async function checkMessages({ client, ledger, lostIds }: Evidence, expected: Expectations): Promise<string[]> {
  const violations: string[] = [];
  for (const { id, offset } of ledger) {
    if (offset !== null && !expected.readIds.has(id) && !lostIds.has(id)) {
      violations.push(`message ${id} was acknowledged and is not in the log`);
    }
  }
  const { rows } = await client.query<{ order_id: string; coordinates: string; amount: string; currency: string }>(`
    select order_id, concat_ws('/', kafka_epoch, kafka_partition, kafka_offset) as coordinates, amount, currency
    from transactions`);
  const loaded = new Map(rows.map((row) => [row.order_id, row]));
  for (const [orderId, { coordinates, sent }] of expected.orders) {
    const row = loaded.get(orderId);
    if (row === undefined) violations.push(`order ${orderId} of ${coordinates} is lost`);
    else if (
      row.coordinates !== coordinates ||
      Number(row.amount) !== Number(sent.amount) ||
      row.currency !== sent.currency
    ) {
      violations.push(`order ${orderId} of ${coordinates} became ${JSON.stringify(row)}`);
    }
  }
  for (const orderId of loaded.keys())
    if (!expected.orders.has(orderId)) violations.push(`nobody sent order ${orderId}`);
  const rejects = await client.query<{ coordinates: string; reason: string }>(
    `select concat_ws('/', epoch, partition, "offset") as coordinates, reason_code as reason from rejected_transactions`,
  );
  const rejected = new Map(rejects.rows.map(({ coordinates, reason }) => [coordinates, reason]));
  violations.push(...differences(expected.rejected, rejected));
  const [counts] = (
    await client.query<{ duplicates: number }>(`
      select coalesce(sum(duplicate_count), 0)::int as duplicates from etl_batches where state = 'loaded'`)
  ).rows;
  if (counts?.duplicates !== expected.duplicateCount) {
    violations.push(`${expected.duplicateCount} duplicates were sent, ${counts?.duplicates} counted`);
  }
  return violations;
}

function differences(expected: ReadonlyMap<string, string>, found: ReadonlyMap<string, string>): string[] {
  const wrong = [...expected].filter(([coordinates, reason]) => found.get(coordinates) !== reason);
  return [
    ...wrong.map(
      ([coordinates, reason]) =>
        `${coordinates} is to be rejected as ${reason} and is ${found.get(coordinates) ?? 'not'}`,
    ),
    ...[...found.keys()]
      .filter((coordinates) => !expected.has(coordinates))
      .map((coordinates) => `${coordinates} should not be rejected`),
  ];
}

interface RangeRow {
  readonly epoch: number;
  readonly partition: number;
  readonly from_offset: string;
  readonly next_offset: string;
  readonly read_count: string;
}

async function checkRanges({ client, epochs }: Evidence): Promise<string[]> {
  const violations: string[] = [];
  const ranges = await client.query<RangeRow>(`
    select epoch, partition, from_offset, next_offset, read_count
    from etl_batch_ranges
    where is_loaded and from_offset < next_offset
    order by partition, epoch, from_offset`);
  const accepted = await client.query<{ partition: number; from_offset: string; next_offset: string }>(`
    select partition, from_offset, next_offset
    from etl_incidents
    where resolved_at is not null and details->'accepted'->>'action' = 'skipped'`);
  const skips = new Map(
    accepted.rows.map(({ partition, from_offset: from, next_offset: next }) => [`${partition}/${from}`, Number(next)]),
  );
  const logs = new Map<string, number[]>();
  for (const { epoch, records } of epochs) {
    for (const [partition, list] of Map.groupBy(records, (record) => record.partition)) {
      logs.set(
        `${partition}/${epoch}`,
        list.map(({ offset }) => offset),
      );
    }
  }
  const ends = new Map<string, number>();
  for (const { epoch, partition, ...range } of ranges.rows) {
    const key = `${partition}/${epoch}`;
    const [from, next] = [Number(range.from_offset), Number(range.next_offset)];
    const before = ends.get(key) ?? 0;
    const due = from === before ? from : (skips.get(`${partition}/${before}`) ?? before);
    if (from !== due) violations.push(`partition ${key}: a range begins at ${from}, the one before ends at ${before}`);
    const log = logs.get(key) ?? [];
    const held = countBelow(log, next) - countBelow(log, from);
    if (held !== Number(range.read_count)) {
      violations.push(
        `partition ${key}: ${range.read_count} records read of ${from} to ${next}, the log holds ${held}`,
      );
    }
    ends.set(key, next);
  }
  const positions = await client.query<{ partition: number; epoch: number; next_offset: string }>(
    'select partition, epoch, next_offset from source_positions',
  );
  for (const { partition, epoch, next_offset: position } of positions.rows) {
    const read = ends.get(`${partition}/${epoch}`) ?? 0;
    const end = skips.get(`${partition}/${read}`) ?? read;
    if (end !== Number(position))
      violations.push(`partition ${partition}/${epoch}: read up to ${end}, position ${position}`);
  }
  return violations;
}

/** How many of the rising offsets are below the limit. */
function countBelow(offsets: readonly number[], limit: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] ?? Infinity) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function checkBalance(client: Client): Promise<string[]> {
  const { rows } = await client.query(`
    with t as (select batch_id, count(*) as rows from transactions group by batch_id),
    r as (select batch_id, count(*) as rows from rejected_transactions group by batch_id),
    g as (select batch_id, sum(read_count) as read from etl_batch_ranges where is_loaded group by batch_id),
    found as (
      select batch_id, coalesce(t.rows, 0) as rows, coalesce(r.rows, 0) as rejects, coalesce(g.read, 0) as read
      from t full join r using (batch_id) full join g using (batch_id))
    select batch_id, state, b.read_count, b.loaded_count, b.duplicate_count, b.rejected_count, f.rows, f.rejects, f.read
    from etl_batches b
    full join found f using (batch_id)
    where case when b.state = 'loaded'
      then b.read_count <> b.loaded_count + b.duplicate_count + b.rejected_count
        or b.loaded_count <> coalesce(f.rows, 0) or b.rejected_count <> coalesce(f.rejects, 0)
        or b.read_count <> coalesce(f.read, 0)
      else f.rows > 0 or f.rejects > 0 or f.read > 0 end`);
  return rows.map((row) => `batch does not balance: ${JSON.stringify(row)}`);
}

async function checkSums(client: Client, { orders }: Expectations): Promise<string[]> {
  const sums = new Map<string, bigint>();
  for (const { sent } of orders.values()) {
    const currency = sent.currency ?? '';
    sums.set(currency, (sums.get(currency) ?? 0n) + tenThousandths(sent.amount ?? ''));
  }
  const { rows } = await client.query<{ currency: string; amount: string }>(
    'select currency, sum(amount)::text as amount from transactions group by 1',
  );
  const found = new Map(rows.map(({ currency, amount }) => [currency, tenThousandths(amount)]));
  return [...new Set([...sums.keys(), ...found.keys()])]
    .filter((currency) => sums.get(currency) !== found.get(currency))
    .map((currency) => `${currency}: sent ${sums.get(currency)}, stored ${found.get(currency)} (ten-thousandths)`);
}

function tenThousandths(text: string): bigint {
  const [integer = '0', fraction = ''] = text.split('.');
  return BigInt(integer + fraction.padEnd(4, '0'));
}

const recomputed: Readonly<Record<string, readonly [string, string]>> = {
  sales_per_minute: [
    `select minute, ${sqlOfDimensions.names}, transaction_count, flagged_count, amount_sum, tax_sum, total_sum,
       amount_base_sum from sales_per_minute`,
    `select date_trunc('minute', transaction_timestamp), ${sqlOfDimensions.values}, count(*),
       count(*) filter (where is_fraud_flagged), sum(amount), sum(tax_amount), sum(total_amount), sum(amount_base)
     from transactions group by ${sqlOfDimensions.positions}`,
  ],
  sales_per_hour: [
    `select hour, ${sqlOfDimensions.names}, transaction_count, flagged_count, amount_sum, tax_sum, total_sum,
       amount_base_sum, tax_base_sum from sales_per_hour`,
    `select date_trunc('hour', transaction_timestamp, 'UTC'), ${sqlOfDimensions.values}, count(*),
       count(*) filter (where is_fraud_flagged), sum(amount), sum(tax_amount), sum(total_amount), sum(amount_base),
       sum(tax_amount_base)
     from transactions group by ${sqlOfDimensions.positions}`,
  ],
  tax_per_day: [
    `select tax_date, country, product_category, tax_rate, transaction_count, amount_base_sum, tax_base_sum from tax_per_day`,
    `select tax_date, coalesce(country, ''), product_category, tax_rate, count(*), sum(amount_base), sum(tax_amount_base)
     from transactions group by 1, 2, 3, 4`,
  ],
  customer_days: [
    'select day, customer_id, transaction_count, flagged_count, amount_base_sum, last_transaction_at from customer_days',
    `select (transaction_timestamp at time zone 'UTC')::date, customer_id, count(*),
       count(*) filter (where is_fraud_flagged), sum(amount_base), max(transaction_timestamp)
     from transactions group by 1, 2`,
  ],
  customer_profiles: [
    `select customer_id, transaction_count, amount_base_sum, amount_base_sum_of_squares, first_transaction_at,
       last_transaction_at from customer_profiles`,
    `select customer_id, count(*), sum(amount_base), sum(amount_base * amount_base), min(transaction_timestamp),
       max(transaction_timestamp) from transactions group by 1`,
  ],
};

async function checkRollUps(client: Client): Promise<string[]> {
  const violations: string[] = [];
  for (const [table, [kept, computed]] of Object.entries(recomputed)) {
    const { rows } = await client.query<{ count: number }>(`
      select ((select count(*) from ((${kept}) except all (${computed})) kept)
        + (select count(*) from ((${computed}) except all (${kept})) computed))::int as count`);
    if (rows[0]?.count !== 0) violations.push(`${table}: ${rows[0]?.count} rows differ from the facts`);
  }
  return violations;
}
