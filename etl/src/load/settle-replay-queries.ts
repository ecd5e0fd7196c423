import { sql } from 'drizzle-orm';

import type { Queryable } from '../warehouse/connection.ts';

/** What a replay rejects again is copied here first: the records stand in quarantine already. */
export const replayRejectsTable = 'replay_rejects';

/** Makes the table that takes what is rejected again; it goes with the transaction. */
export async function createReplayRejects(tx: Queryable): Promise<void> {
  await tx.execute(sql`
    create temporary table replay_rejects on commit drop as
    select batch_id, topic, epoch, partition, "offset", kafka_timestamp, raw_key, raw_value, order_id, stage, reason_code, errors
    from rejected_transactions
    with no data`);
}

/** Locks what a replay has claimed. @returns true while all of it is open: no other session has settled any of it. */
export async function lockOpenClaims(tx: Queryable, batchId: string): Promise<boolean> {
  const { rows } = await tx.execute<{ status: string }>(sql`
    select status
    from rejected_transactions
    where rejected_id in (select rejected_id from replay_claims where batch_id = ${batchId})
    order by rejected_id
    for update`);
  return rows.every(({ status }) => status === 'open');
}

/** What a replay must come to. */
export interface ReplayCounts {
  readonly loadedCount: number;
  readonly duplicateCount: number;
  readonly rejectedCount: number;
}

/**
 * Settles what a replay has claimed, in the transaction that loads its rows: what was loaded or is a duplicate becomes
 * `replayed`; what is rejected again stays open, with its reasons of today.
 * @throws Error when the outcomes are not those that were counted while the rows were made.
 */
export async function settleClaims(
  tx: Queryable,
  batchId: string,
  counts: ReplayCounts,
  operator: string,
): Promise<void> {
  await tx.execute(sql`
    update rejected_transactions r
    set stage = again.stage, reason_code = again.reason_code, errors = again.errors, order_id = again.order_id
    from replay_rejects again
    where (r.topic, r.epoch, r.partition, r."offset") = (again.topic, again.epoch, again.partition, again."offset")`);
  // Rows of this transaction carry its own time, and the index on it finds them.
  await tx.execute(sql`
    update replay_claims c
    set outcome = case
      when again.topic is not null then 'rejected'
      when t.order_id is not null then 'loaded'
      else 'duplicate'
    end
    from rejected_transactions r
    left join replay_rejects again
      on (r.topic, r.epoch, r.partition, r."offset") = (again.topic, again.epoch, again.partition, again."offset")
    left join transactions t
      on t.processed_at = now() and t.batch_id = ${batchId}
      and (t.kafka_epoch, t.kafka_partition, t.kafka_offset) = (r.epoch, r.partition, r."offset")
    where c.batch_id = ${batchId} and r.rejected_id = c.rejected_id`);
  await tx.execute(sql`
    update rejected_transactions
    set status = 'replayed', status_changed_at = now(), status_batch_id = ${batchId}, status_changed_by = ${operator}
    where rejected_id in (
      select rejected_id from replay_claims where batch_id = ${batchId} and outcome in ('loaded', 'duplicate')
    )`);
  await requireOutcomes(tx, batchId, counts);
}

async function requireOutcomes(tx: Queryable, batchId: string, counts: ReplayCounts): Promise<void> {
  const { rows } = await tx.execute<{ loaded: number; duplicate: number; rejected: number }>(sql`
    select count(*) filter (where outcome = 'loaded')::int as loaded,
      count(*) filter (where outcome = 'duplicate')::int as duplicate,
      count(*) filter (where outcome = 'rejected')::int as rejected
    from replay_claims
    where batch_id = ${batchId}`);
  const [found] = rows;
  if (
    found?.loaded !== counts.loadedCount ||
    found.duplicate !== counts.duplicateCount ||
    found.rejected !== counts.rejectedCount
  ) {
    throw new Error(`replay ${batchId} counted ${JSON.stringify(counts)} but came to ${JSON.stringify(found)}`);
  }
}
