import { etlBatches, etlBatchRanges } from '@pulse/migrations/schema';
import type { Logger } from '@pulse/runtime';
import { and, asc, desc, eq, sql } from 'drizzle-orm';

import type { Batch, StepName } from '../batch/batch.ts';
import type { PlannedRange } from '../batch/plan-ranges.ts';
import { heldSince } from './held-partitions.ts';
import type { Queryable, Warehouse } from './connection.ts';
import { readClaims } from './replay-claims.ts';
import { currentSchedule } from './schedule.ts';
import { isDiskFullCode } from '../failures/system-errors.ts';

/** The batch with this id, or undefined. */
export async function findBatch(db: Queryable, batchId: string): Promise<Batch | undefined> {
  const rows = await db
    .select()
    .from(etlBatches)
    .leftJoin(etlBatchRanges, eq(etlBatchRanges.batchId, etlBatches.batchId))
    .where(eq(etlBatches.batchId, batchId))
    .orderBy(asc(etlBatchRanges.partition));
  const [first] = rows;
  if (first === undefined) return undefined;
  const { kind, state, plannedAt, ruleSetVersion, shadowRuleSetVersion, ...counts } = first.etl_batches;
  const ranges = rows.map((row) => row.etl_batch_ranges).filter((range) => range !== null);
  const claims = kind === 'replay' ? await readClaims(db, batchId) : null;
  // None: an earlier release planned it without a record.
  const topic = first.etl_batches.topic ?? ranges[0]?.topic ?? '';
  return { batchId, kind, topic, state, plannedAt, ruleSetVersion, shadowRuleSetVersion, ranges, claims, counts };
}

/** @throws Error where the ledger does not have the batch: it was planned before. */
export async function requireBatch(db: Queryable, batchId: string): Promise<Batch> {
  const batch = await findBatch(db, batchId);
  if (batch === undefined) throw new Error(`batch ${batchId} is not in the ledger`);
  return batch;
}

export type NewBatch = Pick<
  typeof etlBatches.$inferInsert,
  | 'batchId'
  | 'kind'
  | 'ruleSetVersion'
  | 'shadowRuleSetVersion'
  | 'codeVersion'
  | 'airflowDagId'
  | 'airflowRunId'
  | 'stagingFreeBytes'
> & { readonly topic: string };

/**
 * Writes a new batch, in the caller's transaction. One that has nothing to read is loaded as it is, with these counts.
 * @returns false where the batch is there already: its first plan stands.
 */
export async function insertBatch(
  db: Queryable,
  batch: NewBatch,
  emptyCounts: Partial<typeof etlBatches.$inferInsert> | undefined,
): Promise<boolean> {
  const inserted = await db
    .insert(etlBatches)
    .values({
      ...batch,
      scheduleSeconds: currentSchedule,
      ...(emptyCounts === undefined ? {} : { ...emptyCounts, state: 'loaded', loadedAt: sql`now()` }),
    })
    .onConflictDoNothing()
    .returning({ batchId: etlBatches.batchId });
  return inserted.length > 0;
}

/** The counts of a batch that has read nothing. */
export const nothingRead = {
  readCount: 0,
  loadedCount: 0,
  duplicateCount: 0,
  rejectedCount: 0,
  holeCount: 0,
  flaggedCount: 0,
} as const;

/** Writes a plan, once, in the caller's transaction: see `insertBatch`. */
export async function insertPlan(db: Queryable, batch: NewBatch, ranges: readonly PlannedRange[]): Promise<void> {
  const isEmpty = ranges.every(({ fromOffset, nextOffset }) => fromOffset === nextOffset);
  const noKeys = { otherKeyCount: 0, noKeyCount: 0, scatteredCustomerCount: 0 };
  const isNew = await insertBatch(db, batch, isEmpty ? { ...nothingRead, ...noKeys } : undefined);
  if (!isNew || ranges.length === 0) return;
  const { topic } = batch;
  await db.insert(etlBatchRanges).values(
    ranges.map((range) => ({
      ...range,
      topic,
      batchId: batch.batchId,
      heldSince: (range.highWatermark ?? 0n) > range.endOffset ? heldSince(topic, range) : null,
    })),
  );
}

const durationColumns = {
  extract: 'extractDurationMs',
  validate: 'validateDurationMs',
  transform: 'transformDurationMs',
  load: 'loadDurationMs',
} as const satisfies Record<StepName, keyof typeof etlBatches.$inferInsert>;

/** Runs a step's work and notes how long it took. */
export async function timed<Result>(
  { db }: Pick<Warehouse, 'db'>,
  logger: Logger,
  { batchId }: Pick<Batch, 'batchId'>,
  step: StepName,
  work: () => Promise<Result>,
): Promise<Result> {
  const startedMs = performance.now();
  const result = await work();
  const durationMs = Math.round(performance.now() - startedMs);
  await db
    .update(etlBatches)
    .set({ [durationColumns[step]]: durationMs })
    .where(eq(etlBatches.batchId, batchId));
  logger.info({ batchId, step, durationMs }, `${step} finished`);
  return result;
}

/** Counts one more try at a step. */
export async function recordAttempt(db: Queryable, batchId: string): Promise<void> {
  await db
    .update(etlBatches)
    .set({ attemptCount: sql`${etlBatches.attemptCount} + 1` })
    .where(eq(etlBatches.batchId, batchId));
}

/** Notes why a step failed; the batch stays planned, and the next try may still load it. */
export async function recordFailure(
  db: Queryable,
  batchId: string,
  errorCode: string,
  errorMessage: string,
): Promise<void> {
  await db
    .update(etlBatches)
    .set({ errorCode, errorMessage: errorMessage.slice(0, 4000), failedAt: sql`now()` })
    .where(and(eq(etlBatches.batchId, batchId), eq(etlBatches.state, 'planned')));
}

/** Marks a batch whose records another one loaded first. */
export async function markSuperseded(db: Queryable, batchId: string): Promise<void> {
  await db
    .update(etlBatches)
    .set({ state: 'superseded' })
    .where(and(eq(etlBatches.batchId, batchId), eq(etlBatches.state, 'planned')));
}

/** Size of the newest batch if the disk was full for it, in offsets; else undefined. */
export async function sizeThatFilledTheDisk(db: Queryable): Promise<number | undefined> {
  const [newest] = await db
    .select({ batchId: etlBatches.batchId, state: etlBatches.state, errorCode: etlBatches.errorCode })
    .from(etlBatches)
    .orderBy(desc(etlBatches.plannedAt))
    .limit(1);
  if (newest === undefined || newest.state === 'loaded' || !isDiskFullCode(newest.errorCode)) return undefined;
  const [size] = await db
    .select({ count: sql<string>`coalesce(sum(next_offset - from_offset), 0)` })
    .from(etlBatchRanges)
    .where(eq(etlBatchRanges.batchId, newest.batchId));
  return Number(size?.count ?? 0);
}
