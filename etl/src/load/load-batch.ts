import { join } from 'node:path';

import type { Batch } from '../batch/batch.ts';
import { alertColumns, rejectedColumns, shadowVerdictColumns, transactionColumns } from '../batch/copy-columns.ts';
import { readChunks, readLineBytes } from '../batch/staged-file.ts';
import { stagedSeal, type StagedStep } from '../batch/staging.ts';
import {
  copyFiles,
  deltaFiles,
  transactionsFile,
  transformFolder,
  validateFolder,
  type ExtractFacts,
  type TransformFacts,
  type ValidateFacts,
} from '../batch/step-folders.ts';
import type { Context } from '../context.ts';
import { countOf } from '../batch/partition-counts.ts';
import { operatorOf } from '../operator.ts';
import { errorMessageOf, isLoadedMeanwhile } from '../errors.ts';
import type { DeltaRows } from '../warehouse/merge-deltas.ts';
import { RefusedCopyError, type CopySource } from '../warehouse/copy-rows.ts';
import { loadBatchInOneTransaction, type BatchLoad, type LoadOutcome } from '../warehouse/load-transaction.ts';
import { rowsInOrder } from './rows-in-order.ts';
import { readPositions } from '../warehouse/positions.ts';
import { replayRejectsTable } from '../warehouse/settle-replay.ts';

export interface LoadInput {
  readonly extracted: StagedStep<ExtractFacts>;
  readonly validated: StagedStep<ValidateFacts>;
  readonly transformed: StagedStep<TransformFacts>;
}

/** 'refused': the database refuses the rows of these orders, in its words. Nothing is loaded. */
export type LoadBatchOutcome =
  | { readonly kind: LoadOutcome }
  | { readonly kind: 'refused'; readonly orders: ReadonlyMap<string, string> };

/**
 * Loads a staged batch, all or nothing. 'stale' asks for a new transform, also after another batch has loaded one of the
 * orders; 'refused' for one without the orders that the database refuses.
 */
export async function loadBatch(context: Context, batch: Batch, input: LoadInput): Promise<LoadBatchOutcome> {
  const { warehouse, config, logger } = context;
  const load = batchLoad(context, batch, input);
  const { lockTimeoutMs, loadTimeoutMs } = config.warehouse;
  try {
    try {
      return { kind: await loadBatchInOneTransaction(warehouse, load, { lockTimeoutMs, loadTimeoutMs }) };
    } catch (error) {
      if (!(error instanceof RefusedCopyError)) throw error;
      // A damaged file looks the same: it is made again, not put into quarantine.
      if (context.staging(batch).isDamaged([validateFolder, transformFolder])) throw error;
      const { findRefusedOrders } = await import('../warehouse/refused-orders.ts');
      const orders = await findRefusedOrders(warehouse, load.rows, { lockTimeoutMs, loadTimeoutMs });
      // What was refused once and is accepted now: another try tells.
      return orders.size === 0 ? { kind: 'stale' } : { kind: 'refused', orders };
    }
  } catch (error) {
    if (!isLoadedMeanwhile(error)) throw error;
    logger.warn({ batchId: batch.batchId, cause: errorMessageOf(error) }, 'an order was loaded meanwhile');
    return { kind: 'stale' };
  }
}

/** Copies the stored positions to Kafka's consumer group. A failure is a warning: the next batch mirrors again. */
export async function mirrorPositions(context: Context): Promise<void> {
  const { warehouse, config, logger } = context;
  try {
    const positions = await readPositions(warehouse.db, config.kafka.topic);
    const source = await context.kafka();
    await source.mirrorPositions(positions);
  } catch (error) {
    logger.warn({ cause: errorMessageOf(error) }, "the consumer group's offsets in Kafka lag behind the warehouse");
  }
}

function batchLoad(context: Context, batch: Batch, input: LoadInput): BatchLoad {
  const { extracted, validated, transformed } = input;
  const { loadedCount, duplicateCount, rejectedCount, flaggedCount, newestLoadedMs } = transformed.facts;
  const rejectsTable = batch.claims === null ? 'rejected_transactions' : replayRejectsTable;
  return {
    batch,
    operator: operatorOf(context.config),
    topic: context.config.kafka.topic,
    stateVersion: BigInt(transformed.facts.stateVersion),
    rows: [
      transactionRows(input),
      copySource(rejectsTable, rejectedColumns, 'text', validated, copyFiles.rejectedTransactions),
      copySource(rejectsTable, rejectedColumns, 'text', transformed, copyFiles.rejectedTransactions),
      copySource('fraud_alerts', alertColumns, 'binary', transformed, copyFiles.fraudAlerts),
      copySource('fraud_shadow_verdicts', shadowVerdictColumns, 'binary', transformed, copyFiles.fraudShadowVerdicts),
    ].filter((source) => source !== undefined),
    salesPerMinute: deltaRows(transformed, deltaFiles.salesPerMinute, sumsBytes),
    customerDays: deltaRows(transformed, deltaFiles.customerDays, sumsBytes),
    customerProfiles: deltaRows(transformed, deltaFiles.customerProfiles, profilesBytes),
    ranges: extracted.facts.ranges.map((range) => ({
      ...range,
      loadedCount: countOf(transformed.facts.loadedByPartition, range.partition),
      duplicateCount: countOf(transformed.facts.duplicateByPartition, range.partition),
      rejectedCount:
        countOf(validated.facts.rejectedByPartition, range.partition) +
        countOf(transformed.facts.rejectedByPartition, range.partition),
    })),
    counts: {
      readCount: extracted.facts.readCount,
      loadedCount,
      duplicateCount,
      rejectedCount: validated.facts.rejectedCount + rejectedCount,
      flaggedCount,
    },
    newestTransactionAt: newestLoadedMs === null ? null : new Date(newestLoadedMs),
  };
}

/** The transactions of all shares as a source of COPY; undefined where there are none. */
function transactionRows({ validated, transformed }: LoadInput): CopySource | undefined {
  const files = Array.from({ length: validated.facts.shareCount }, (_, share) => {
    const name = transactionsFile(share);
    return { path: join(transformed.folder, name), seal: stagedSeal(transformed, name) };
  });
  if (files.every(({ seal }) => seal.sizeBytes === 0)) return undefined;
  return { table: 'transactions', columns: transactionColumns, format: 'binary', chunks: () => rowsInOrder(files) };
}

/** A staged file as a source of COPY; undefined for an empty one, which needs no round trip. */
function copySource(
  table: string,
  columns: readonly string[],
  format: CopySource['format'],
  step: StagedStep<unknown>,
  name: string,
): CopySource | undefined {
  const seal = stagedSeal(step, name);
  if (seal.sizeBytes === 0) return undefined;
  return { table, columns, format, chunks: () => readChunks(join(step.folder, name), seal) };
}

/** A statement takes about so much. Sums of minutes: an hour's are then updated few times. */
const sumsBytes = 512 * 1024;
/** Profiles are by far the most, and a copy of what is sent waits for the garbage collector. */
const profilesBytes = 128 * 1024;

function deltaRows(step: StagedStep<unknown>, name: string, pieceBytes: number): DeltaRows {
  return readLineBytes(join(step.folder, name), stagedSeal(step, name), pieceBytes);
}
