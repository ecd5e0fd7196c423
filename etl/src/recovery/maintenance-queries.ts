import { etlReconciliations, rejectedTransactions } from '@pulse/migrations/schema';
import { lt, sql } from 'drizzle-orm';

import type { Queryable } from '../warehouse/connection.ts';

const rowsAtOnce = 10_000;
const roundsMax = 1000;

/**
 * Removes the raw bytes of rejected records that were replayed or discarded before a moment and that the dead-letter topic
 * has. The rows stay, with their findings.
 * @returns how many.
 */
export async function removeOldRawBytes(db: Queryable, before: Date): Promise<number> {
  let removed = 0;
  for (let round = 0; round < roundsMax; round += 1) {
    const { rowCount } = await db
      .update(rejectedTransactions)
      .set({ rawKey: null, rawValue: null, rawRemovedAt: sql`now()` })
      .where(
        sql`rejected_id in (
          select rejected_id
          from rejected_transactions
          where status <> 'open' and status_changed_at < ${before} and raw_removed_at is null and published_at is not null
          limit ${rowsAtOnce}
        )`,
      );
    removed += rowCount ?? 0;
    if ((rowCount ?? 0) < rowsAtOnce) break;
  }
  return removed;
}

/** Removes what is noted of duplicates that were found before a moment. @returns how many. */
export async function removeOldDuplicates(db: Queryable, before: Date): Promise<number> {
  let removed = 0;
  for (let round = 0; round < roundsMax; round += 1) {
    const { rowCount } = await db.execute(sql`
      delete from duplicate_records
      where ctid = any(array(select ctid from duplicate_records where found_at < ${before} limit ${rowsAtOnce}))`);
    removed += rowCount ?? 0;
    if ((rowCount ?? 0) < rowsAtOnce) break;
  }
  return removed;
}

/**
 * Removes ledger rows that say nothing any more: of batches planned before a moment that had no record or no effect, and the
 * empty ranges of all of that time. Batches with records, and their ranges, stay for ever: facts refer to them.
 * @returns how many batches.
 */
export async function removeLedgerDetail(db: Queryable, before: Date): Promise<number> {
  await db.execute(sql`
    delete from etl_batch_ranges r
    using etl_batches b
    where b.batch_id = r.batch_id and b.planned_at < ${before} and not r.is_loaded
      and (b.state in ('loaded', 'superseded') or b.failed_at < ${before})`);
  await db.execute(sql`
    delete from replay_claims c
    using etl_batches b
    where b.batch_id = c.batch_id and b.planned_at < ${before} and b.state = 'superseded'`);
  const { rowCount } = await db.execute(sql`
    delete from etl_batches b
    where b.planned_at < ${before}
      and (b.state = 'superseded' or (b.state = 'loaded' and b.read_count = 0) or (b.state = 'planned' and b.failed_at < ${before}))
      and not exists (select from etl_batch_ranges r where r.batch_id = b.batch_id)
      and not exists (select from replay_claims c where c.batch_id = b.batch_id)
      and not exists (select from source_positions p where p.batch_id = b.batch_id)`);
  return rowCount ?? 0;
}

/** Removes results of reconciliations that ended before a moment. @returns how many. */
export async function removeOldReconciliations(db: Queryable, before: Date): Promise<number> {
  const { rowCount } = await db.delete(etlReconciliations).where(lt(etlReconciliations.finishedAt, before));
  return rowCount ?? 0;
}
