import type { Batch } from '../batch/batch.ts';
import {
  alertColumns,
  duplicateColumns,
  rejectedColumns,
  shadowVerdictColumns,
  transactionColumns,
} from '../streams/transactions/copy-columns.ts';
import { readChunks, readLineBytes } from '../staging/staged-file.ts';
import { stagedFile, type StagedStep } from '../staging/staging.ts';
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
import type { Context } from '../program/context.ts';
import { countOf } from '../batch/partition-counts.ts';
import { requireKnownCluster } from '../program/known-cluster.ts';
import { operatorOf } from '../program/operator.ts';
import { RefusedCopyError, type CopySource, type CopyTarget } from '../warehouse/copy-rows.ts';
import { loadBatchInOneTransaction, type BatchLoad, type LoadOutcome } from './load-transaction-queries.ts';
import { rowsInOrder } from './rows-in-order.ts';
import { readPositions } from '../warehouse/positions.ts';
import { replayRejectsTable } from './settle-replay-queries.ts';
import type { DeltaRows } from '../warehouse/json-rows.ts';
import { errorMessageOf } from '../failures/error-chain.ts';
import { isLoadedMeanwhile } from '../warehouse/warehouse-errors.ts';

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
      const { findRefusedOrders } = await import('./refused-order-queries.ts');
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
    await requireKnownCluster(context);
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
  const rejects: CopyTarget = { table: rejectsTable, columns: rejectedColumns, format: 'text' };
  return {
    batch,
    operator: operatorOf(context.config),
    stateVersion: BigInt(transformed.facts.stateVersion),
    rows: [
      transactionRows(transformed),
      copySource(rejects, validated, copyFiles.rejectedTransactions, validated.facts.rejectedCount),
      copySource(rejects, transformed, copyFiles.rejectedTransactions, rejectedCount),
      copySource(alerts, transformed, copyFiles.fraudAlerts, flaggedCount),
      copySource(duplicates, transformed, copyFiles.duplicateRecords, duplicateCount),
      copySource(shadowVerdicts, transformed, copyFiles.fraudShadowVerdicts, undefined),
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
      otherKeyCount: validated.facts.otherKeyCount,
      noKeyCount: validated.facts.noKeyCount,
      scatteredCustomerCount: transformed.facts.scatteredCustomerCount,
    },
    newestTransactionAt: newestLoadedMs === null ? null : new Date(newestLoadedMs),
  };
}

const transactions: CopyTarget = { table: 'transactions', columns: transactionColumns, format: 'binary' };
const alerts: CopyTarget = { table: 'fraud_alerts', columns: alertColumns, format: 'binary' };
const duplicates: CopyTarget = { table: 'duplicate_records', columns: duplicateColumns, format: 'binary' };
const shadowVerdicts: CopyTarget = { table: 'fraud_shadow_verdicts', columns: shadowVerdictColumns, format: 'binary' };

/** The transactions of all shares as a source of COPY; undefined where there are none. */
function transactionRows(transformed: StagedStep<TransformFacts>): CopySource | undefined {
  const { shareCount, loadedCount: count } = transformed.facts;
  if (count === 0) return undefined;
  const shares = Array.from({ length: shareCount }, (_, share) => stagedFile(transformed, transactionsFile(share)));
  return { ...transactions, count, chunks: () => rowsInOrder(shares) };
}

/** A staged file as a source of COPY; undefined for an empty one, which needs no round trip. */
function copySource(
  target: CopyTarget,
  step: StagedStep<unknown>,
  name: string,
  count: number | undefined,
): CopySource | undefined {
  const file = stagedFile(step, name);
  if (file.seal.sizeBytes === 0 && (count ?? 0) === 0) return undefined;
  return { ...target, count, chunks: () => readChunks(file) };
}

/** A statement takes about so much. Sums of minutes: an hour's are then updated few times. */
const sumsBytes = 512 * 1024;
/** Profiles are by far the most, and a copy of what is sent waits for the garbage collector. */
const profilesBytes = 128 * 1024;

function deltaRows(step: StagedStep<unknown>, name: string, pieceBytes: number): DeltaRows {
  return readLineBytes(stagedFile(step, name), pieceBytes);
}
