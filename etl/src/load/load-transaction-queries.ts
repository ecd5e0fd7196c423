import { etlBatches, etlBatchRanges, sourcePositions } from '@pulse/migrations/schema';
import { and, eq, sql } from 'drizzle-orm';

import type { Batch } from '../batch/batch.ts';
import { decideLoad, type LoadDecision } from './decide-load.ts';
import type { ReadRangeFacts } from '../batch/step-folders.ts';
import { failpoint } from '../failures/failpoint.ts';
import type { Queryable, Warehouse } from '../warehouse/connection.ts';
import { findBatch } from '../warehouse/batch-ledger.ts';
import { copyAll, type CopySource } from '../warehouse/copy-rows.ts';
import { replaceCustomerProfiles } from '../streams/transactions/customer-profile-queries.ts';
import { limitTransaction, type LoadLimits } from './load-session-queries.ts';
import { mergeCustomerDays, mergeSales } from '../streams/transactions/roll-up-queries.ts';
import { bumpStateVersion, lockState, positionsStandAt } from '../warehouse/positions.ts';
import { createReplayRejects, lockOpenClaims, settleClaims } from './settle-replay-queries.ts';
import type { DeltaRows } from '../warehouse/json-rows.ts';

/** What was read of a range and what became of it. */
interface LoadedRange extends ReadRangeFacts {
  readonly loadedCount: number;
  readonly duplicateCount: number;
  readonly rejectedCount: number;
}

/** Everything that one batch changes in the warehouse. */
export interface BatchChanges {
  readonly batch: Batch;
  /** Who loads it. */
  readonly operator: string;
  /** The state that the rows were made with. */
  readonly stateVersion: bigint;
  readonly rows: readonly CopySource[];
  readonly salesPerMinute: DeltaRows;
  readonly customerDays: DeltaRows;
  readonly customerProfiles: DeltaRows;
  readonly ranges: readonly LoadedRange[];
  readonly counts: {
    readonly readCount: number;
    readonly loadedCount: number;
    readonly duplicateCount: number;
    readonly rejectedCount: number;
    readonly flaggedCount: number;
    /** Valid records whose key is not their customer's id, and those of them without a key. */
    readonly otherKeyCount: number;
    readonly noKeyCount: number;
    readonly scatteredCustomerCount: number;
  };
  readonly newestTransactionAt: Date | null;
}

/** loaded: all of it is committed, now or by an earlier try whose answer was lost. The others: see `LoadDecision`. */
export type LoadOutcome = Exclude<LoadDecision, 'due'>;

/**
 * Loads a batch in one transaction: rows, rejects, alerts, roll-ups, profiles, the next positions and the batch's end in
 * the ledger. All of it becomes visible at once, or none.
 */
export async function loadInOneTransaction(
  warehouse: Warehouse,
  changes: BatchChanges,
  limits: LoadLimits,
): Promise<LoadOutcome> {
  const { batch } = changes;
  const outcome = await warehouse.db.transaction(async (tx): Promise<LoadOutcome> => {
    await limitTransaction(warehouse, limits);
    const stateVersion = await lockState(tx, limits.lockTimeoutMs);
    const isDue = await isStillDue(tx, batch);
    const isLoaded = !isDue && (await findBatch(tx, batch.batchId))?.state === 'loaded';
    const decision = decideLoad({ isDue, isLoaded, stateVersion, rowsVersion: changes.stateVersion });
    if (decision !== 'due') return decision;
    if (batch.claims !== null) await createReplayRejects(tx);
    for (const source of changes.rows) await copyAll(warehouse.client, source);
    await mergeSales(tx, changes.salesPerMinute);
    await mergeCustomerDays(tx, changes.customerDays);
    await replaceCustomerProfiles(tx, changes.customerProfiles);
    if (batch.claims === null) await movePositions(tx, changes);
    else await settleClaims(tx, batch.batchId, changes.counts, changes.operator);
    await closeBatch(tx, changes);
    await bumpStateVersion(tx);
    failpoint('before-commit');
    return 'loaded';
  });
  failpoint('after-commit');
  return outcome;
}

/** Whether the batch's records are still to be loaded: positions where it begins, or every claimed record open. */
async function isStillDue(tx: Queryable, batch: Batch): Promise<boolean> {
  if (batch.claims === null) return positionsStandAt(tx, batch.topic, batch.ranges);
  const current = await findBatch(tx, batch.batchId);
  return current?.state === 'planned' && (await lockOpenClaims(tx, batch.batchId));
}

async function movePositions(tx: Queryable, { batch, ranges }: BatchChanges): Promise<void> {
  const { topic } = batch;
  const read = new Map(ranges.map((facts) => [facts.partition, facts]));
  for (const { partition, nextOffset } of batch.ranges) {
    const facts = read.get(partition);
    if (facts === undefined) continue;
    const anchor =
      facts.anchor === null
        ? {}
        : {
            anchorOffset: BigInt(facts.anchor.offset),
            anchorTimestamp: new Date(facts.anchor.timestampMs),
            anchorKeyHash: Buffer.from(facts.anchor.keyHash, 'hex'),
          };
    await tx
      .update(sourcePositions)
      .set({ nextOffset, batchId: batch.batchId, updatedAt: sql`now()`, ...anchor })
      .where(and(eq(sourcePositions.topic, topic), eq(sourcePositions.partition, partition)));
    await tx
      .update(etlBatchRanges)
      .set({
        isLoaded: true,
        readCount: facts.readCount,
        holeCount: facts.holeCount,
        compactedCount: facts.compactedCount,
        loadedCount: facts.loadedCount,
        duplicateCount: facts.duplicateCount,
        rejectedCount: facts.rejectedCount,
      })
      .where(
        and(
          eq(etlBatchRanges.batchId, batch.batchId),
          eq(etlBatchRanges.topic, topic),
          eq(etlBatchRanges.partition, partition),
        ),
      );
  }
}

async function closeBatch(tx: Queryable, { batch, counts, ranges, newestTransactionAt }: BatchChanges): Promise<void> {
  const holeCount = ranges.reduce((sum, range) => sum + range.holeCount, 0);
  await tx
    .update(etlBatches)
    .set({
      ...counts,
      holeCount,
      newestTransactionAt,
      topic: batch.topic,
      state: 'loaded',
      loadedAt: sql`now()`,
      errorCode: null,
      errorMessage: null,
    })
    .where(eq(etlBatches.batchId, batch.batchId));
}
