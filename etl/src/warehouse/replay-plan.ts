import { etlBatches, rejectedTransactions, replayClaims } from '@pulse/migrations/schema';
import { and, asc, desc, eq, inArray, sql, type SQL } from 'drizzle-orm';

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

/** A place in the order in which replays take rejected records: one topic and epoch after the other, each by id. */
export interface ReplayPlace {
  readonly topic: string;
  readonly epoch: number;
  readonly rejectedId: number;
}

/** The last record that a replay has claimed: where the next one of the same command goes on. */
export async function lastClaim(db: Queryable, batchId: string): Promise<ReplayPlace | undefined> {
  const t = rejectedTransactions;
  const [last] = await db
    .select({ topic: t.topic, epoch: t.epoch, rejectedId: t.rejectedId })
    .from(t)
    .where(claimedBy(db, batchId))
    .orderBy(desc(t.rejectedId))
    .limit(1);
  return last;
}

/** The records that one replay takes, all of one topic and epoch. */
export interface SelectedClaims {
  readonly topic: string;
  readonly rejectedIds: readonly number[];
  readonly last: ReplayPlace;
}

/**
 * The next open records that one replay takes, at most `countMax`, up to where another topic or epoch begins; undefined when
 * none are left.
 */
export async function selectClaims(
  db: Queryable,
  filter: RejectedFilter,
  after: ReplayPlace | undefined,
  countMax: number,
): Promise<SelectedClaims | undefined> {
  const t = rejectedTransactions;
  const behind =
    after === undefined
      ? undefined
      : sql`(${t.topic}, ${t.epoch}, ${t.rejectedId}) > (${after.topic}, ${after.epoch}, ${after.rejectedId})`;
  const rows = await db
    .select({ topic: t.topic, epoch: t.epoch, rejectedId: t.rejectedId })
    .from(t)
    .where(and(matches({ ...filter, status: 'open' }), behind))
    .orderBy(asc(t.topic), asc(t.epoch), asc(t.rejectedId))
    .limit(countMax);
  const [first] = rows;
  if (first === undefined) return undefined;
  const taken = rows.filter(({ topic, epoch }) => topic === first.topic && epoch === first.epoch);
  return {
    topic: first.topic,
    rejectedIds: taken.map(({ rejectedId }) => rejectedId),
    last: taken.at(-1) ?? first,
  };
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
