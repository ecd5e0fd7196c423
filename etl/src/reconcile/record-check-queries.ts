import {
  batchesInScope,
  recordsInScope,
  rejectedInScope,
  transactionsInScope,
  type Check,
} from './check-scope-queries.ts';

export const recordChecks: readonly Check[] = [
  {
    name: 'record_twice',
    message: 'one record of Kafka became several transactions',
    sql: `
      select format('%s partition %s, offset %s (epoch %s)', topic, kafka_partition, kafka_offset, kafka_epoch) as subject,
        'one transaction' as expected, string_agg(order_id, ', ' order by order_id) as found
      from ${recordsInScope} t
      group by topic, kafka_epoch, kafka_partition, kafka_offset
      having count(*) > 1`,
  },
  {
    name: 'record_in_two_places',
    message: 'a record is a transaction and in quarantine',
    sql: `
      select format('%s partition %s, offset %s (epoch %s)', q.topic, q.partition, q."offset", q.epoch) as subject,
        'one place' as expected, format('transaction %s, rejected record %s (%s)', t.order_id, q.rejected_id, q.status) as found
      from rejected_transactions q
      join ${recordsInScope} t
        on (t.topic, t.kafka_epoch, t.kafka_partition, t.kafka_offset) = (q.topic, q.epoch, q.partition, q."offset")
      where q.status <> 'replayed'`,
  },
  {
    name: 'replayed_without_replay',
    message: 'a record is marked as replayed, but no loaded replay has settled it',
    sql: `
      select format('rejected record %s', q.rejected_id) as subject, 'settled by a loaded replay' as expected,
        coalesce(format('%s: %s', q.status_batch_id, coalesce(c.outcome, 'not settled')), 'no replay') as found
      from ${rejectedInScope} q
      left join replay_claims c on c.rejected_id = q.rejected_id and c.batch_id = q.status_batch_id
      left join etl_batches b on b.batch_id = c.batch_id and b.state = 'loaded'
      where q.status = 'replayed' and (b.batch_id is null or c.outcome not in ('loaded', 'duplicate'))`,
  },
  {
    name: 'replay_without_transaction',
    message: 'a replay has loaded a record, but there is no transaction of it',
    sql: `
      select format('rejected record %s, replay %s', q.rejected_id, c.batch_id) as subject, 'a transaction' as expected, 'none' as found
      from ${batchesInScope} b
      join replay_claims c on c.batch_id = b.batch_id and c.outcome = 'loaded'
      join rejected_transactions q on q.rejected_id = c.rejected_id
      left join ${transactionsInScope} t
        on t.batch_id = c.batch_id and (t.kafka_epoch, t.kafka_partition, t.kafka_offset) = (q.epoch, q.partition, q."offset")
      where b.kind = 'replay' and t.order_id is null`,
  },
  {
    name: 'fraud_alert',
    message: 'a flagged transaction has no fraud alert, or an alert no flagged transaction',
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
