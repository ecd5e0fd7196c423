import type { Client } from 'pg';

/** The tables that a load keeps besides the facts, each with the statement that makes it from the facts. */
const derivations: readonly (readonly [table: string, sql: string])[] = [
  [
    'sales_per_minute',
    `insert into sales_per_minute (
       minute, product_category, currency, country, transaction_count, flagged_count, amount_sum, tax_sum, total_sum,
       amount_base_sum, tax_base_sum
     )
     select
       date_trunc('minute', transaction_timestamp), product_category, currency, coalesce(country, ''), count(*),
       count(*) filter (where is_fraud_flagged), sum(amount), sum(tax_amount), sum(total_amount), sum(amount_base),
       sum(tax_amount_base)
     from transactions
     group by 1, 2, 3, 4
     order by 1, 2, 3, 4`,
  ],
  [
    'sales_per_hour',
    `insert into sales_per_hour (
       hour, product_category, currency, country, transaction_count, flagged_count, amount_sum, tax_sum, total_sum,
       amount_base_sum, tax_base_sum
     )
     select
       date_trunc('hour', minute, 'UTC'), product_category, currency, country, sum(transaction_count),
       sum(flagged_count), sum(amount_sum), sum(tax_sum), sum(total_sum), sum(amount_base_sum), sum(tax_base_sum)
     from sales_per_minute
     group by 1, 2, 3, 4
     order by 1, 2, 3, 4`,
  ],
  [
    'tax_per_day',
    `insert into tax_per_day (
       tax_date, country, product_category, tax_rate, transaction_count, amount_base_sum, tax_base_sum
     )
     select
       tax_date, coalesce(country, ''), product_category, tax_rate, count(*), sum(amount_base), sum(tax_amount_base)
     from transactions
     group by 1, 2, 3, 4
     order by 1, 2, 3, 4`,
  ],
  [
    'customer_days',
    `insert into customer_days (
       day, customer_id, transaction_count, flagged_count, amount_base_sum, last_transaction_at
     )
     select
       (transaction_timestamp at time zone 'UTC')::date, customer_id, count(*),
       count(*) filter (where is_fraud_flagged), sum(amount_base), max(transaction_timestamp)
     from transactions
     group by 1, 2
     order by 1, 2`,
  ],
  [
    'customer_profiles',
    `insert into customer_profiles (
       customer_id, transaction_count, amount_base_sum, amount_base_sum_of_squares, first_transaction_at,
       last_transaction_at, last_country, last_currency
     )
     select
       customer_id, count(*), sum(amount_base), sum(amount_base * amount_base), min(transaction_timestamp),
       max(transaction_timestamp), max(country), max(currency)
     from transactions
     group by customer_id`,
  ],
  [
    'fraud_alerts',
    `insert into fraud_alerts (
       order_id, transaction_timestamp, raised_at, fraud_score, decision, amount_base, customer_id, batch_id,
       rule_set_version, reasons
     )
     select
       order_id, transaction_timestamp, processed_at, fraud_score,
       case when fraud_score >= 90 then 'block' else 'review' end, amount_base, customer_id, batch_id, 'bench-1',
       jsonb_build_array(
         jsonb_build_object(
           'rule', case when fraud_score % 2 = 0 then 'amount_limit' else 'velocity' end,
           'version', 1, 'observed', amount_base, 'threshold', '1000', 'weight', fraud_score
         )
       )
     from transactions
     where is_fraud_flagged
     order by processed_at`,
  ],
  [
    'fraud_labels',
    `insert into fraud_labels (order_id, pattern, recorded_at)
     select order_id, 'high_amount', processed_at
     from transactions
     where (is_fraud_flagged and kafka_offset % 10 < 7) or kafka_offset % 200 = 0`,
  ],
  [
    'fraud_shadow_verdicts',
    `insert into fraud_shadow_verdicts (
       order_id, rule_set_version, fraud_score, decision, reasons, transaction_timestamp, batch_id
     )
     select order_id, 'bench-2', fraud_score, decision, reasons, transaction_timestamp, batch_id
     from fraud_alerts
     where fraud_score % 5 <> 0`,
  ],
  [
    'etl_batches',
    `insert into etl_batches (
       batch_id, kind, topic, state, planned_at, rule_set_version, loaded_at, read_count, loaded_count, duplicate_count,
       rejected_count, hole_count, flagged_count, newest_transaction_at, extract_duration_ms, validate_duration_ms,
       transform_duration_ms, load_duration_ms, attempt_count, staging_free_bytes, airflow_dag_id, airflow_run_id,
       code_version
     )
     select
       batch_id, 'scheduled', 'transactions', 'loaded', processed_at - interval '2 seconds', 'bench-1', processed_at, count(*) + 2,
       count(*), 1, 1, 0, count(*) filter (where is_fraud_flagged), max(transaction_timestamp), 120, 90, 110, 180, 4,
       50000000000, 'etl_pipeline', batch_id, 'bench'
     from transactions
     group by batch_id, processed_at`,
  ],
  [
    'etl_batch_ranges',
    `insert into etl_batch_ranges (
       batch_id, topic, epoch, partition, from_offset, next_offset, end_offset, read_count, hole_count, loaded_count,
       duplicate_count, rejected_count, is_loaded
     )
     select
       batch_id, 'transactions', 0, kafka_partition, next_offset - records, next_offset, next_offset, records, 0,
       records, 0, 0, true
     from (
       select
         batch_id, kafka_partition, count(*) as records,
         sum(count(*)) over (partition by kafka_partition order by min(processed_at)) as next_offset
       from transactions
       group by batch_id, kafka_partition
     ) as ranges`,
  ],
  [
    'source_positions',
    `insert into source_positions (topic, partition, next_offset)
     select topic, partition, max(next_offset)
     from etl_batch_ranges
     group by topic, partition`,
  ],
  [
    'rejected_transactions',
    `insert into rejected_transactions (
       batch_id, topic, epoch, partition, "offset", kafka_timestamp, raw_value, stage, reason_code, errors, rejected_at
     )
     select
       batch_id, 'transactions', 0, 0, row_number() over (), loaded_at, '\\x7b', 'validate',
       case when loaded_count % 3 = 0 then 'invalid_json' else 'unknown_currency' end,
       '[{"field": "currency", "reason": "unknown_currency", "message": "unknown"}]', loaded_at
     from etl_batches`,
  ],
];

/** Fills the tables that a load keeps besides the facts, then vacuums and analyzes as autovacuum does. */
export async function deriveTables(
  client: Client,
  signal: AbortSignal,
  onProgress: (line: string) => void,
): Promise<void> {
  await client.query(`set work_mem = '512MB'`);
  for (const [table, sql] of derivations) {
    signal.throwIfAborted();
    const { rowCount } = await client.query(sql);
    onProgress(`${table}: ${(rowCount ?? 0).toLocaleString('en')} rows`);
  }
  await client.query('vacuum (analyze)');
  await client.query('checkpoint');
}
