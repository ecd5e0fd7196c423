import { countOf } from '../batch/partition-counts.ts';
import type { Batch } from '../batch/batch.ts';
import {
  copyFiles,
  deltaFiles,
  transactionsFile,
  type ExtractFacts,
  type TransformFacts,
  type ValidateFacts,
} from '../batch/step-folders.ts';
import type { Context } from '../program/context.ts';
import { operatorOf } from '../program/operator.ts';
import { readBlocks, readLineBytes } from '../staging/staged-file.ts';
import { stagedFile, type StagedStep } from '../staging/staging.ts';
import { rejects as rejectsSink } from '../streams/rejected-record.ts';
import { copyTargetOf } from '../streams/sink.ts';
import { transactionStream } from '../streams/transactions/transactions.ts';
import type { CopySource, CopyTarget } from '../warehouse/copy-rows.ts';
import type { DeltaRows } from '../warehouse/json-rows.ts';
import type { BatchChanges } from './load-transaction-queries.ts';
import { rowsInOrder } from './rows-in-order.ts';
import { replayRejectsTable } from './settle-replay-queries.ts';

/** What the steps before the load have left. */
export interface StagedBatch {
  readonly extracted: StagedStep<ExtractFacts>;
  readonly validated: StagedStep<ValidateFacts>;
  readonly transformed: StagedStep<TransformFacts>;
}

/** All that a batch changes in the warehouse, from its staged files. */
export function changesOf({ config }: Context, batch: Batch, staged: StagedBatch): BatchChanges {
  const { extracted, validated, transformed } = staged;
  const { loadedCount, duplicateCount, rejectedCount, flaggedCount, newestLoadedMs } = transformed.facts;
  const rejectsTable = batch.claims === null ? rejectsSink.table : replayRejectsTable;
  const rejects = copyTargetOf({ ...rejectsSink, table: rejectsTable });
  return {
    batch,
    operator: operatorOf(config),
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

const { sinks } = transactionStream;
const transactions = copyTargetOf(sinks.transactions);
const alerts = copyTargetOf(sinks.alerts);
const duplicates = copyTargetOf(sinks.duplicates);
const shadowVerdicts = copyTargetOf(sinks.shadowVerdicts);

/** The transactions of all chunks as a source of COPY; undefined where there are none. */
function transactionRows(transformed: StagedStep<TransformFacts>): CopySource | undefined {
  const { chunkCount, loadedCount: count } = transformed.facts;
  if (count === 0) return undefined;
  const chunks = Array.from({ length: chunkCount }, (_, chunk) => stagedFile(transformed, transactionsFile(chunk)));
  return { ...transactions, count, blocks: () => rowsInOrder(chunks) };
}

/** A staged file as a source of COPY; undefined for an empty one, which needs no round trip. */
function copySource(
  target: CopyTarget,
  step: StagedStep<unknown>,
  name: string,
  count: number | undefined,
): CopySource | undefined {
  const file = stagedFile(step, name);
  if (file.checksum.sizeBytes === 0 && (count ?? 0) === 0) return undefined;
  return { ...target, count, blocks: () => readBlocks(file) };
}

/** Bytes of one statement, about. Sums of minutes: an hour's are then updated few times. */
const sumsBytes = 512 * 1024;
/** Profiles are by far the most, and a copy of what is sent waits for the garbage collector. */
const profilesBytes = 128 * 1024;

function deltaRows(step: StagedStep<unknown>, name: string, pieceBytes: number): DeltaRows {
  return readLineBytes(stagedFile(step, name), pieceBytes);
}
