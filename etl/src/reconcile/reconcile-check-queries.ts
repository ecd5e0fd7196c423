import { currencyCodes, currencyExponent } from '@pulse/contract';

import { recentSalesMax, recentSpanMs } from '../fraud/customer-history.ts';

/**
 * Rules of the warehouse as queries, each of which gives a row for every place where it does not hold: subject, expected, found.
 * All take the same parameter: $1 the moment from which on batches were loaded (null for all). They hold for every topic that
 * was ever loaded; a transaction's topic is that of its batch.
 */
export interface Check {
  /** Stable code of the difference. */
  readonly name: string;
  readonly message: string;
  readonly sql: string;
}

const batchesInScope = `
  select batch_id, kind, topic, state, read_count, loaded_count, duplicate_count, rejected_count, hole_count
  from etl_batches
  where state = 'loaded' and kind in ('scheduled', 'manual', 'backfill', 'replay') and ($1::timestamptz is null or loaded_at >= $1)`;

const factsInScope = `
  select order_id, batch_id, kafka_epoch, kafka_partition, kafka_offset
  from transactions
  where $1::timestamptz is null or processed_at >= $1`;

const rejectsInScope = `
  select rejected_id, batch_id, topic, epoch, partition, "offset", status, status_batch_id
  from rejected_transactions
  where $1::timestamptz is null or rejected_at >= $1`;

/** Transactions with the topic of their records. */
const recordsInScope = `
  select f.*, b.topic
  from (${factsInScope}) f
  join etl_batches b using (batch_id)`;

const rangesInScope = `
  select r.*
  from etl_batch_ranges r
  join (${batchesInScope}) b using (batch_id)
  where r.is_loaded`;

const rangeName = `format('batch %s, %s partition %s, offsets %s to %s', r.batch_id, r.topic, r.partition, r.from_offset, r.next_offset - 1)`;

const batchChecks: readonly Check[] = [
  {
    name: 'batch_balance',
    message: 'what a batch has read is not what became of it',
    sql: `
      select format('batch %s', batch_id) as subject, format('%s read', read_count) as expected,
        format('%s loaded + %s duplicate + %s rejected', loaded_count, duplicate_count, rejected_count) as found
      from (${batchesInScope}) b
      where read_count is distinct from loaded_count + duplicate_count + rejected_count`,
  },
  {
    name: 'batch_transactions',
    message: 'the transactions of a batch are not as many as it has loaded',
    sql: `
      select format('batch %s', batch_id) as subject, coalesce(b.loaded_count::text, 'no loaded batch') as expected,
        coalesce(t.count, 0)::text as found
      from (${batchesInScope}) b
      full join (select batch_id, count(*) as count from (${factsInScope}) f group by batch_id) t using (batch_id)
      where coalesce(t.count, 0) is distinct from b.loaded_count`,
  },
  {
    name: 'batch_rejects',
    message: 'the records of a batch in quarantine are not as many as it has rejected',
    sql: `
      select format('batch %s', batch_id) as subject, coalesce(b.rejected_count::text, 'no loaded batch') as expected,
        coalesce(q.count, 0)::text as found
      from (select * from (${batchesInScope}) all_kinds where kind <> 'replay') b
      full join (select batch_id, count(*) as count from (${rejectsInScope}) q group by batch_id) q using (batch_id)
      where coalesce(q.count, 0) is distinct from b.rejected_count`,
  },
  {
    name: 'batch_topic',
    message: 'a batch has read, rejected or claimed records of another topic than its own',
    sql: `
      select format('batch %s', b.batch_id) as subject, format('records of %s', coalesce(b.topic, 'no topic')) as expected,
        format('%s of %s', s.what, s.topic) as found
      from (${batchesInScope}) b
      join (
        select batch_id, topic, 'a range' as what from etl_batch_ranges
        union
        select batch_id, topic, 'rejected records' from (${rejectsInScope}) q
        union
        select c.batch_id, q.topic, 'claims'
        from replay_claims c
        join rejected_transactions q using (rejected_id)
      ) s using (batch_id)
      where s.topic <> b.topic or (b.topic is null and b.read_count > 0)`,
  },
  {
    name: 'replay_outcomes',
    message: 'what became of the claims of a replay is not what it has counted',
    sql: `
      select format('replay %s', b.batch_id) as subject,
        format('%s loaded, %s duplicate, %s rejected', b.loaded_count, b.duplicate_count, b.rejected_count) as expected,
        format('%s loaded, %s duplicate, %s rejected', c.loaded, c.duplicate, c.rejected) as found
      from (${batchesInScope}) b
      cross join lateral (
        select count(*) filter (where outcome = 'loaded') as loaded,
          count(*) filter (where outcome = 'duplicate') as duplicate,
          count(*) filter (where outcome = 'rejected') as rejected
        from replay_claims
        where batch_id = b.batch_id
      ) c
      where b.kind = 'replay'
        and (b.loaded_count, b.duplicate_count, b.rejected_count) is distinct from (c.loaded, c.duplicate, c.rejected)`,
  },
];

const rangeChecks: readonly Check[] = [
  {
    name: 'range_gap',
    message: 'offsets between two loaded ranges were never loaded, and nobody has accepted their loss',
    sql: `
      with accepted as (
        select topic, partition, range_agg(int8range(
          coalesce((details->'accepted'->>'positionBefore')::bigint, from_offset),
          coalesce((details->'accepted'->>'positionAfter')::bigint, next_offset))) as lost
        from etl_incidents
        where resolved_at is not null and from_offset is not null and from_offset <= next_offset
          and coalesce(details->'accepted'->>'action', 'skipped') = 'skipped'
        group by topic, partition
      ),
      follow_up as (
        select topic, partition, epoch, from_offset,
          lag(next_offset) over (partition by topic, epoch, partition order by from_offset) as expected_offset
        from (
          select topic, partition, epoch, from_offset, next_offset
          from etl_batch_ranges
          where is_loaded and from_offset < next_offset
          union all
          select topic, partition, epoch, next_offset, next_offset
          from source_positions
        ) ranges
      )
      select format('%s partition %s (epoch %s)', f.topic, f.partition, f.epoch) as subject,
        format('loaded on from offset %s', expected_offset) as expected, format('from offset %s', from_offset) as found
      from follow_up f
      left join accepted a on a.topic = f.topic and a.partition = f.partition
      where from_offset > expected_offset and not coalesce(a.lost @> int8range(expected_offset, from_offset), false)`,
  },
  {
    name: 'range_overlap',
    message: 'offsets were loaded twice, or the stored position lies before what is loaded',
    sql: `
      select format('%s partition %s (epoch %s)', topic, partition, epoch) as subject,
        format('from offset %s or later', reached) as expected, format('from offset %s', from_offset) as found
      from (
        select topic, partition, epoch, from_offset,
          max(next_offset) over (
            partition by topic, epoch, partition order by from_offset, next_offset rows between unbounded preceding and 1 preceding
          ) as reached
        from (
          select topic, partition, epoch, from_offset, next_offset
          from etl_batch_ranges
          where is_loaded and from_offset < next_offset
        ) ranges
      ) r
      where from_offset < reached
      union all
      select format('position of %s partition %s', p.topic, p.partition), format('offset %s', max(r.next_offset)), format('offset %s', p.next_offset)
      from source_positions p
      join etl_batch_ranges r
        on r.topic = p.topic and r.partition = p.partition and r.epoch = p.epoch and r.is_loaded
      group by p.topic, p.partition, p.next_offset
      having p.next_offset < max(r.next_offset)`,
  },
  {
    name: 'range_balance',
    message: 'the records of a range, with what became of them and its holes, do not fill it',
    sql: `
      select ${rangeName} as subject, format('%s offsets', next_offset - from_offset) as expected,
        format('%s read (%s loaded + %s duplicate + %s rejected) + %s holes',
          read_count, loaded_count, duplicate_count, rejected_count, hole_count) as found
      from (${rangesInScope}) r
      where read_count + hole_count is distinct from next_offset - from_offset
        or (loaded_count is not null and read_count is distinct from loaded_count + duplicate_count + rejected_count)`,
  },
  {
    name: 'range_sums',
    message: 'the ranges of a batch do not add up to the batch',
    sql: `
      select format('batch %s', b.batch_id) as subject, format('%s read, %s holes', b.read_count, b.hole_count) as expected,
        format('%s read, %s holes', coalesce(r.read_count, 0), coalesce(r.hole_count, 0)) as found
      from (${batchesInScope}) b
      left join (
        select batch_id, sum(read_count) as read_count, sum(hole_count) as hole_count
        from etl_batch_ranges
        where is_loaded
        group by batch_id
      ) r using (batch_id)
      where b.kind <> 'replay'
        and (b.read_count, b.hole_count) is distinct from (coalesce(r.read_count, 0), coalesce(r.hole_count, 0))`,
  },
  {
    name: 'range_transactions',
    message: 'the transactions of a range are not as many as were loaded from it, or stand outside of it',
    sql: `
      select ${rangeName} as subject, format('%s transactions', r.loaded_count) as expected,
        format('%s, offsets %s to %s', coalesce(t.count, 0), t.least, t.greatest) as found
      from (${rangesInScope}) r
      left join (
        select batch_id, kafka_epoch, kafka_partition, count(*) as count, min(kafka_offset) as least, max(kafka_offset) as greatest
        from (${factsInScope}) f
        group by 1, 2, 3
      ) t on t.batch_id = r.batch_id and t.kafka_epoch = r.epoch and t.kafka_partition = r.partition
      where r.loaded_count is not null
        and (coalesce(t.count, 0) <> r.loaded_count or t.least < r.from_offset or t.greatest >= r.next_offset)`,
  },
  {
    name: 'range_rejects',
    message: 'the records of a range in quarantine are not as many as were rejected from it, or stand outside of it',
    sql: `
      select ${rangeName} as subject, format('%s rejected', r.rejected_count) as expected,
        format('%s, offsets %s to %s', coalesce(q.count, 0), q.least, q.greatest) as found
      from (${rangesInScope}) r
      left join (
        select batch_id, epoch, partition, count(*) as count, min("offset") as least, max("offset") as greatest
        from (${rejectsInScope}) q
        group by 1, 2, 3
      ) q on q.batch_id = r.batch_id and q.epoch = r.epoch and q.partition = r.partition
      where r.rejected_count is not null
        and (coalesce(q.count, 0) <> r.rejected_count or q.least < r.from_offset or q.greatest >= r.next_offset)`,
  },
];

const placeChecks: readonly Check[] = [
  {
    name: 'record_twice',
    message: 'one record of Kafka became several transactions',
    sql: `
      select format('%s partition %s, offset %s (epoch %s)', topic, kafka_partition, kafka_offset, kafka_epoch) as subject,
        'one transaction' as expected, string_agg(order_id, ', ' order by order_id) as found
      from (${recordsInScope}) f
      group by topic, kafka_epoch, kafka_partition, kafka_offset
      having count(*) > 1`,
  },
  {
    name: 'record_in_two_places',
    message: 'a record is a transaction and in quarantine',
    sql: `
      select format('%s partition %s, offset %s (epoch %s)', q.topic, q.partition, q."offset", q.epoch) as subject,
        'one place' as expected, format('transaction %s, rejected record %s (%s)', f.order_id, q.rejected_id, q.status) as found
      from rejected_transactions q
      join (${recordsInScope}) f
        on (f.topic, f.kafka_epoch, f.kafka_partition, f.kafka_offset) = (q.topic, q.epoch, q.partition, q."offset")
      where q.status <> 'replayed'`,
  },
  {
    name: 'replayed_without_replay',
    message: 'a record counts as replayed, but no loaded replay has settled it',
    sql: `
      select format('rejected record %s', q.rejected_id) as subject, 'settled by a loaded replay' as expected,
        coalesce(format('%s: %s', q.status_batch_id, coalesce(c.outcome, 'not settled')), 'no replay') as found
      from (${rejectsInScope}) q
      left join replay_claims c on c.rejected_id = q.rejected_id and c.batch_id = q.status_batch_id
      left join etl_batches b on b.batch_id = c.batch_id and b.state = 'loaded'
      where q.status = 'replayed' and (b.batch_id is null or c.outcome not in ('loaded', 'duplicate'))`,
  },
  {
    name: 'replay_without_transaction',
    message: 'a replay has loaded a record, but there is no transaction of it',
    sql: `
      select format('rejected record %s, replay %s', q.rejected_id, c.batch_id) as subject, 'a transaction' as expected, 'none' as found
      from (${batchesInScope}) b
      join replay_claims c on c.batch_id = b.batch_id and c.outcome = 'loaded'
      join rejected_transactions q on q.rejected_id = c.rejected_id
      left join (${factsInScope}) f
        on f.batch_id = c.batch_id and (f.kafka_epoch, f.kafka_partition, f.kafka_offset) = (q.epoch, q.partition, q."offset")
      where b.kind = 'replay' and f.order_id is null`,
  },
  {
    name: 'fraud_alert',
    message: 'flagged transactions and fraud alerts do not belong together one to one',
    sql: `
      select format('order %s', coalesce(t.order_id, a.order_id)) as subject,
        case when t.order_id is null then 'no alert' else 'an alert' end as expected,
        case when a.order_id is null then 'none' else 'an alert' end as found
      from (select order_id from transactions where is_fraud_flagged and ($1::timestamptz is null or processed_at >= $1)) t
      full join (select order_id from fraud_alerts where $1::timestamptz is null or raised_at >= $1) a using (order_id)
      where t.order_id is null or a.order_id is null`,
  },
  {
    name: 'row_arithmetic',
    message: 'a total is neither the amount with its tax nor, where tax is included, the amount',
    sql: `
      select format('order %s', order_id) as subject, format('%s + %s', amount, tax_amount) as expected, total_amount::text as found
      from transactions
      where ($1::timestamptz is null or processed_at >= $1)
        and total_amount <> amount + tax_amount and total_amount <> amount`,
  },
];

/** The stored roll-up against the same computed from the transactions; after $1 only what later batches have touched. */
function rollUpCheck(options: {
  readonly table: string;
  readonly keys: readonly string[];
  /** The keys as expressions over a transaction, those by which rows are narrowed first. */
  readonly keySql: readonly string[];
  readonly narrowing: string;
  readonly sums: readonly (readonly [column: string, sql: string])[];
}): Check {
  const { table, keys, keySql, narrowing, sums } = options;
  const keyList = keys.join(', ');
  const sumList = sums.map(([column]) => column);
  const object = (alias: string): string =>
    `jsonb_build_object(${sumList.map((column) => `'${column}', ${alias}.${column}`).join(', ')})::text`;
  const row = (alias: string): string => `(${sumList.map((column) => `${alias}.${column}`).join(', ')})`;
  const [firstKey = ''] = keys;
  return {
    name: table,
    message: `${table} is not what the transactions add up to`,
    sql: `
      with touched as materialized (
        select distinct ${narrowing} as key
        from transactions
        where $1::timestamptz is not null and processed_at >= $1
      ),
      recomputed as (
        select ${keySql.map((sql, index) => `${sql} as ${keys[index]}`).join(', ')},
          ${sums.map(([column, sql]) => `${sql} as ${column}`).join(', ')}
        from transactions t
        where $1::timestamptz is null or ${narrowing} in (select key from touched)
        group by ${keys.map((_, index) => index + 1).join(', ')}
      ),
      stored as (
        select * from ${table}
        where $1::timestamptz is null or ${table === 'customer_days' ? 'customer_id' : firstKey} in (select key from touched)
      )
      select '${table} ' || concat_ws(', ', ${keyList}) as subject,
        case when r.${sumList[0]} is null then 'no row' else ${object('r')} end as expected,
        case when s.${sumList[0]} is null then 'no row' else ${object('s')} end as found
      from recomputed r
      full join stored s using (${keyList})
      where ${row('r')} is distinct from ${row('s')}`,
  };
}

const instant = `date_trunc('milliseconds', transaction_timestamp)`;
/** The order in which the pipeline meets sales of one moment. */
const latest = `order by ${instant} desc, processed_at desc, arrived_at desc, kafka_partition desc, kafka_offset desc`;

/** How many minor units the currency in an SQL expression has, as SQL. */
function minorUnits(currency: string): string {
  const byExponent = Map.groupBy(currencyCodes, (code) => currencyExponent(code) ?? 2);
  const cases = [...byExponent].map(
    ([exponent, codes]) =>
      `when ${currency} in (${codes.map((code) => `'${code}'`).join(', ')}) then ${10 ** exponent}`,
  );
  return `case ${cases.join(' ')} end`;
}

/** Sales by market and time, which the column `time` has to `width`. */
function salesCheck(table: string, time: string, width: string): Check {
  const sold = `date_bin('${width}', transaction_timestamp, 'epoch')`;
  return rollUpCheck({
    table,
    keys: [time, 'product_category', 'currency', 'country'],
    keySql: [sold, 't.product_category', 't.currency', `coalesce(t.country, '')`],
    narrowing: sold,
    sums: [
      ['transaction_count', 'count(*)'],
      ['flagged_count', 'count(*) filter (where is_fraud_flagged)'],
      ['amount_sum', 'sum(amount)'],
      ['tax_sum', 'sum(tax_amount)'],
      ['total_sum', 'sum(total_amount)'],
      ['amount_base_sum', 'sum(amount_base)'],
      ['tax_base_sum', 'sum(tax_amount_base)'],
    ],
  });
}

const rollUpChecks: readonly Check[] = [
  salesCheck('sales_per_minute', 'minute', '1 minute'),
  salesCheck('sales_per_hour', 'hour', '1 hour'),
  rollUpCheck({
    table: 'tax_per_day',
    keys: ['tax_date', 'country', 'product_category', 'tax_rate'],
    keySql: ['t.tax_date', `coalesce(t.country, '')`, 't.product_category', 't.tax_rate'],
    narrowing: 'tax_date',
    sums: [
      ['transaction_count', 'count(*)'],
      ['amount_base_sum', 'sum(amount_base)'],
      ['tax_base_sum', 'sum(tax_amount_base)'],
    ],
  }),
  rollUpCheck({
    table: 'customer_days',
    keys: ['day', 'customer_id'],
    keySql: [`(transaction_timestamp at time zone 'UTC')::date`, 't.customer_id'],
    narrowing: 'customer_id',
    sums: [
      ['transaction_count', 'count(*)'],
      ['flagged_count', 'count(*) filter (where is_fraud_flagged)'],
      ['amount_base_sum', 'sum(amount_base)'],
      ['last_transaction_at', `max(${instant})`],
    ],
  }),
  rollUpCheck({
    table: 'customer_profiles',
    keys: ['customer_id'],
    keySql: ['t.customer_id'],
    narrowing: 'customer_id',
    sums: [
      ['transaction_count', 'count(*)'],
      ['amount_base_sum', 'sum(amount_base)'],
      ['amount_base_sum_of_squares', 'sum(amount_base * amount_base)'],
      ['first_transaction_at', `min(${instant})`],
      ['last_transaction_at', `max(${instant})`],
      ['last_country', `(array_agg(country ${latest}))[1]`],
      ['last_currency', `(array_agg(currency ${latest}))[1]`],
    ],
  }),
  {
    name: 'recent_sales',
    message: 'the recent sales that fraud rules look at are not the newest of the customer',
    sql: `
      with touched as materialized (
        select distinct customer_id
        from transactions
        where $1::timestamptz is not null and processed_at >= $1
      ),
      base as (select ${minorUnits('base_currency')} as minor_units from warehouse_state),
      newest as (
        select customer_id, currency, coalesce(country, '') as country,
          (amount * ${minorUnits('currency')})::float8 as amount_minor,
          (amount_base * (select minor_units from base))::float8 as amount_base_minor,
          floor(extract(epoch from transaction_timestamp) * 1000) as time_ms,
          floor(extract(epoch from max(transaction_timestamp) over (partition by customer_id)) * 1000) as latest_ms,
          row_number() over (partition by customer_id ${latest}) as place
        from transactions
        where $1::timestamptz is null or customer_id in (select customer_id from touched)
      ),
      recomputed as (
        select customer_id,
          jsonb_agg(jsonb_build_array(time_ms, amount_minor, amount_base_minor, currency, country) order by place) as sales
        from newest
        where place <= ${recentSalesMax} and time_ms >= latest_ms - ${recentSpanMs}
        group by customer_id
      ),
      stored as (
        select customer_id, recent_sales as sales
        from customer_profiles
        where $1::timestamptz is null or customer_id in (select customer_id from touched)
      )
      select 'customer_profiles ' || customer_id as subject, r.sales::text as expected, s.sales::text as found
      from recomputed r
      join stored s using (customer_id)
      where r.sales is distinct from s.sales`,
  },
  {
    name: 'currency_sums',
    message: 'the sums of a currency over all transactions are not those of the roll-up',
    sql: `
      select format('currency %s', currency) as subject,
        format('amount %s, tax %s, total %s', t.amount, t.tax, t.total) as expected,
        format('amount %s, tax %s, total %s', s.amount, s.tax, s.total) as found
      from (
        select currency, sum(amount) as amount, sum(tax_amount) as tax, sum(total_amount) as total
        from transactions
        where $1::timestamptz is null
        group by currency
      ) t
      full join (
        select currency, sum(amount_sum) as amount, sum(tax_sum) as tax, sum(total_sum) as total
        from sales_per_minute
        where $1::timestamptz is null
        group by currency
      ) s using (currency)
      where (t.amount, t.tax, t.total) is distinct from (s.amount, s.tax, s.total)`,
  },
];

export const checks: readonly Check[] = [...batchChecks, ...rangeChecks, ...placeChecks, ...rollUpChecks];
