import { createHash } from 'node:crypto';

import { etlBatches, etlBatchRanges, sourcePositions } from '@pulse/migrations/schema';
import { and, eq, sql } from 'drizzle-orm';

import type { Batch } from '../batch/batch.ts';
import type { ReadRangeFacts } from '../batch/step-folders.ts';
import type { Queryable, Warehouse } from './connection.ts';
import { findBatch } from './batch-ledger.ts';
import { copyRows } from './copy-rows.ts';
import { positionsStandAt } from './lookups.ts';
import { mergeCustomerDays, mergeCustomerProfiles, mergeSalesPerMinute, type DeltaRow } from './merge-deltas.ts';
import { bumpStateVersion, lockState } from './positions.ts';
import { createReplayRejects, lockOpenClaims, settleClaims } from './settle-replay.ts';

/** Lines in COPY text format for one table. */
export interface CopySource {
  readonly table: string;
  readonly columns: readonly string[];
  readonly chunks: () => Iterable<Buffer>;
}

/** What was read of a range and what became of it. */
interface LoadedRange extends ReadRangeFacts {
  readonly loadedCount: number;
  readonly duplicateCount: number;
  readonly rejectedCount: number;
}

/** Everything that one batch changes in the warehouse. */
export interface BatchLoad {
  readonly batch: Batch;
  readonly topic: string;
  /** Who loads it. */
  readonly operator: string;
  /** The state that the rows were made with. */
  readonly stateVersion: bigint;
  readonly rows: readonly CopySource[];
  readonly salesPerMinute: Iterable<DeltaRow>;
  readonly customerDays: Iterable<DeltaRow>;
  readonly customerProfiles: Iterable<DeltaRow>;
  readonly ranges: readonly LoadedRange[];
  readonly counts: {
    readonly readCount: number;
    readonly loadedCount: number;
    readonly duplicateCount: number;
    readonly rejectedCount: number;
    readonly flaggedCount: number;
  };
  readonly newestTransactionAt: Date | null;
}

/**
 * loaded: all of it is committed, now or by an earlier try whose answer was lost.
 * superseded: another batch loaded these records. stale: the state has changed, so the rows have to be made again.
 */
export type LoadOutcome = 'loaded' | 'superseded' | 'stale';

/**
 * Loads a batch in one transaction: rows, rejects, alerts, roll-ups, profiles, the next positions and the batch's end in
 * the ledger. All of it becomes visible at once, or none.
 */
export async function loadBatchInOneTransaction(
  warehouse: Warehouse,
  load: BatchLoad,
  lockTimeoutMs: number,
): Promise<LoadOutcome> {
  const { batch, topic } = load;
  return warehouse.db.transaction(async (tx): Promise<LoadOutcome> => {
    const stateVersion = await lockState(tx, lockTimeoutMs);
    if (!(await isStillDue(tx, topic, batch))) {
      const current = await findBatch(tx, batch.batchId);
      return current?.state === 'loaded' ? 'loaded' : 'superseded';
    }
    if (stateVersion !== load.stateVersion) return 'stale';
    if (batch.claims !== null) await createReplayRejects(tx);
    for (const { table, columns, chunks } of load.rows) await copyRows(warehouse.client, table, columns, chunks());
    await mergeSalesPerMinute(tx, load.salesPerMinute);
    await mergeCustomerDays(tx, load.customerDays);
    await mergeCustomerProfiles(tx, load.customerProfiles);
    if (batch.claims === null) await movePositions(tx, load);
    else await settleClaims(tx, batch.batchId, load.counts, load.operator);
    await closeBatch(tx, load);
    await bumpStateVersion(tx);
    return 'loaded';
  });
}

/** Whether the batch's records are still to be loaded: positions where it begins, or every claimed record open. */
async function isStillDue(tx: Queryable, topic: string, batch: Batch): Promise<boolean> {
  if (batch.claims === null) return positionsStandAt(tx, topic, batch.ranges);
  const current = await findBatch(tx, batch.batchId);
  return current?.state === 'planned' && (await lockOpenClaims(tx, batch.batchId));
}

async function movePositions(tx: Queryable, { batch, topic, ranges }: BatchLoad): Promise<void> {
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

async function closeBatch(tx: Queryable, { batch, counts, ranges, newestTransactionAt }: BatchLoad): Promise<void> {
  const holeCount = ranges.reduce((sum, range) => sum + range.holeCount, 0);
  await tx
    .update(etlBatches)
    .set({
      ...counts,
      holeCount,
      newestTransactionAt,
      state: 'loaded',
      loadedAt: sql`now()`,
      errorCode: null,
      errorMessage: null,
    })
    .where(eq(etlBatches.batchId, batch.batchId));
}

/**
 * Marks this session as the one that loads the batch, and ends the sessions of earlier tries: one that hangs in the
 * middle of its COPY would hold the lock for ever.
 * @returns how many were ended.
 */
export async function claimLoad({ client }: Warehouse, batchId: string): Promise<number> {
  const applicationName = loadApplicationName(batchId);
  await client.query(`select set_config('application_name', $1, false)`, [applicationName]);
  const { rowCount } = await client.query(
    `select pg_terminate_backend(pid, 5000)
     from pg_stat_activity
     where application_name = $1 and datname = current_database() and pid <> pg_backend_pid()`,
    [applicationName],
  );
  return rowCount ?? 0;
}

/** A name that only sessions loading this batch have; PostgreSQL keeps 63 bytes of it. */
function loadApplicationName(batchId: string): string {
  return `etl load ${createHash('sha256').update(batchId).digest('hex').slice(0, 32)}`;
}
