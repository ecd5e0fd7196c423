import { etlBatches, rejectedTransactions, replayClaims } from '@pulse/migrations/schema';
import { and, asc, eq, inArray, max, sql, type SQL } from 'drizzle-orm';

import type { ClaimedRecords } from '../batch/batch.ts';
import type { RawRecord } from '../batch/raw-record.ts';
import type { NewBatch } from './batch-ledger.ts';
import type { Queryable, Warehouse } from './connection.ts';
import { matches, type RejectedFilter } from './rejected-filter.ts';
import { currentSchedule } from './schedule.ts';

/** What a replay has claimed. */
export async function readClaims(db: Queryable, batchId: string): Promise<ClaimedRecords> {
  return describeClaims(db, claimedBy(db, batchId));
}

/** How many records the condition names, and where they come from. */
export async function describeClaims(db: Queryable, condition: SQL): Promise<ClaimedRecords> {
  const t = rejectedTransactions;
  const sources = await db
    .select({ partition: t.partition, epoch: t.epoch, count: sql<number>`count(*)::int` })
    .from(t)
    .where(condition)
    .groupBy(t.partition, t.epoch)
    .orderBy(asc(t.partition));
  return {
    count: sources.reduce((sum, { count }) => sum + count, 0),
    sources: sources.map(({ partition, epoch }) => ({ partition, epoch })),
  };
}

/** The greatest id that a replay has claimed: where the next one of the same command goes on. */
export async function greatestClaim(db: Queryable, batchId: string): Promise<number | undefined> {
  const [row] = await db
    .select({ greatest: max(replayClaims.rejectedId) })
    .from(replayClaims)
    .where(eq(replayClaims.batchId, batchId));
  return row?.greatest ?? undefined;
}

/** The open records that one replay takes: the first `countMax` by id, up to where another epoch begins. */
export async function selectClaims(
  db: Queryable,
  topic: string,
  filter: RejectedFilter,
  countMax: number,
): Promise<readonly number[]> {
  const t = rejectedTransactions;
  const rows = await db
    .select({ rejectedId: t.rejectedId, epoch: t.epoch })
    .from(t)
    .where(matches({ ...filter, topic, status: 'open' }))
    .orderBy(asc(t.rejectedId))
    .limit(countMax);
  const other = rows.findIndex(({ epoch }) => epoch !== rows[0]?.epoch);
  return rows.slice(0, other === -1 ? undefined : other).map(({ rejectedId }) => rejectedId);
}

/**
 * Writes the plan of a replay, once: when the batch is there already, its first plan stands. Without claims it is loaded
 * as it is.
 */
export async function insertReplay({ db }: Warehouse, batch: NewBatch, rejectedIds: readonly number[]): Promise<void> {
  await db.transaction(async (tx) => {
    const nothing = {
      readCount: 0,
      loadedCount: 0,
      duplicateCount: 0,
      rejectedCount: 0,
      holeCount: 0,
      flaggedCount: 0,
    };
    const isEmpty = rejectedIds.length === 0;
    const inserted = await tx
      .insert(etlBatches)
      .values({
        ...batch,
        scheduleSeconds: currentSchedule,
        ...(isEmpty ? { ...nothing, state: 'loaded', loadedAt: sql`now()` } : {}),
      })
      .onConflictDoNothing()
      .returning({ batchId: etlBatches.batchId });
    if (inserted.length === 0 || isEmpty) return;
    await tx.execute(sql`
      insert into replay_claims (batch_id, rejected_id, reason_code)
      select ${batch.batchId}, rejected_id, reason_code
      from rejected_transactions
      where rejected_id = any(${sql.param([...rejectedIds])}::bigint[])`);
  });
}

/** Small, for a record may have a megabyte. */
const recordsAtOnce = 100;

/** Rejected records as they came, by partition and offset. */
export async function* readRejectedRecords(db: Queryable, condition: SQL): AsyncGenerator<readonly RawRecord[], void> {
  const t = rejectedTransactions;
  let after: RawRecord | undefined;
  for (;;) {
    const behind =
      after === undefined ? undefined : sql`(${t.partition}, ${t.offset}) > (${after.partition}, ${after.offset})`;
    const rows = await db
      .select({
        partition: t.partition,
        offset: t.offset,
        kafkaTimestamp: t.kafkaTimestamp,
        key: t.rawKey,
        value: t.rawValue,
      })
      .from(t)
      .where(and(condition, behind))
      .orderBy(asc(t.partition), asc(t.offset))
      .limit(recordsAtOnce);
    if (rows.length === 0) return;
    const records = rows.map(({ kafkaTimestamp, offset, ...rest }) => ({
      ...rest,
      offset: Number(offset),
      timestampMs: kafkaTimestamp.getTime(),
    }));
    yield records;
    after = records.at(-1);
  }
}

/** The records that a replay has claimed, as a condition on `rejected_transactions`. */
export function claimedBy(db: Queryable, batchId: string): SQL {
  const claims = db
    .select({ rejectedId: replayClaims.rejectedId })
    .from(replayClaims)
    .where(eq(replayClaims.batchId, batchId));
  return inArray(rejectedTransactions.rejectedId, claims);
}
