/**
 * A rule of the warehouse as a query, which gives a row for each exception to it: subject, expected, found. Its one parameter is the
 * moment from which on batches were loaded, null for all. It holds for every topic that was ever loaded; the topic of a
 * transaction is that of its batch.
 */
export interface Check {
  /** Stable code of the difference. */
  readonly name: string;
  readonly message: string;
  readonly sql: string;
}

/** The rows that checks look at, as table expressions. */
export const batchesInScope = `(
    select batch_id, kind, topic, state, read_count, loaded_count, duplicate_count, rejected_count, hole_count
    from etl_batches
    where state = 'loaded' and kind in ('scheduled', 'manual', 'backfill', 'replay')
      and ($1::timestamptz is null or loaded_at >= $1)
  )`;

export const transactionsInScope = `(
    select order_id, batch_id, kafka_epoch, kafka_partition, kafka_offset
    from transactions
    where $1::timestamptz is null or processed_at >= $1
  )`;

export const rejectedInScope = `(
    select rejected_id, batch_id, topic, epoch, partition, "offset", status, status_batch_id
    from rejected_transactions
    where $1::timestamptz is null or rejected_at >= $1
  )`;

export const rangesInScope = `(
    select r.*
    from etl_batch_ranges r
    join ${batchesInScope} b using (batch_id)
    where r.is_loaded
  )`;

/** Transactions with the topic of their records. */
export const recordsInScope = `(
    select t.*, b.topic
    from ${transactionsInScope} t
    join etl_batches b using (batch_id)
  )`;
