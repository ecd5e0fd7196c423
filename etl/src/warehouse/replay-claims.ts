import { rejectedTransactions, replayClaims } from '@pulse/migrations/schema';
import { and, asc, eq, inArray, sql, type SQL } from 'drizzle-orm';

import type { ClaimedRecords } from '../batch/batch.ts';
import type { RawRecord } from '../kafka/raw-record.ts';
import type { Queryable } from './connection.ts';

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
