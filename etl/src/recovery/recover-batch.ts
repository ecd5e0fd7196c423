import { isSettled, type Batch } from '../batch/batch.ts';
import { extractFolder, transformFolder, validateFolder } from '../batch/step-folders.ts';
import { OtherKindError } from '../extract/plan-batch.ts';
import { errorCodeOf, errorMessageOf, integrityStopOf } from '../failures/error-chain.ts';
import { TemporaryError, UsageError, type IntegrityError } from '../failures/errors.ts';
import { isDiskFull, isMissingFile, isNotAllowed } from '../failures/system-errors.ts';
import type { Context } from '../program/context.ts';
import { failureKind } from '../program/failure-kind.ts';
import { StagedFileDamagedError } from '../staging/staged-file.ts';
import { findBatch, markSuperseded, recordAttempt, recordFailure } from '../warehouse/batch-ledger.ts';
import { reportIncident } from '../warehouse/incidents.ts';
import { positionsStandAt } from '../warehouse/positions.ts';
import { isUnreadable } from '../warehouse/warehouse-errors.ts';

/**
 * Whether a step of the batch has work: not where the batch is settled, nor where another one has loaded its records, which the
 * ledger notes. Counts the attempt.
 * @throws UsageError where the settings name another topic than the batch's: its offsets mean other records there.
 */
export async function isStillToDo({ warehouse, config }: Context, batch: Batch): Promise<boolean> {
  const { batchId, topic, ranges, claims } = batch;
  if (isSettled(batch)) return false;
  // A replay reads no topic.
  if (claims === null && topic !== config.kafka.topic) throw otherTopic(batch, config.kafka.topic);
  if (!(await positionsStandAt(warehouse.db, topic, ranges))) {
    await markSuperseded(warehouse.db, batchId);
    return false;
  }
  await recordAttempt(warehouse.db, batchId);
  return true;
}

function otherTopic({ batchId, topic }: Batch, configured: string): UsageError {
  return new UsageError(
    `batch ${batchId} was planned to read topic ${topic}, but KAFKA_TOPIC_TRANSACTIONS is ${configured}: ` +
      `set it to ${topic} to finish the batch, or run a new one, which leaves these records unread until ${topic} is read again`,
  );
}

/**
 * What follows from the failure of a step. One that fails because another attempt has finished the batch meanwhile has not failed:
 * its batch is returned. Any other failure is noted in the ledger, as far as the warehouse can be reached, and thrown.
 * @throws IntegrityError with its incidents opened.
 * @throws TemporaryError where staged files are gone or damaged, or the disk is full: they are removed, for the next attempt.
 * @throws UsageError where the staging area can not be written to.
 */
export async function recoverBatch(context: Context, batchId: string, error: unknown): Promise<Batch> {
  if (error instanceof OtherKindError) throw error;
  const { warehouse, logger } = context;
  const batch = await findBatch(warehouse.db, batchId).catch(() => undefined);
  if (batch !== undefined && isSettled(batch)) {
    logger.info({ batchId, state: batch.state, cause: errorMessageOf(error) }, 'another try has settled the batch');
    return batch;
  }
  await recordFailure(warehouse.db, batchId, errorCodeOf(error), errorMessageOf(error)).catch((cause: unknown) =>
    logger.warn({ batchId, cause: errorMessageOf(cause) }, 'the failure could not be noted in the ledger'),
  );
  const stop = integrityStopOf(error);
  const isDamaged = batch !== undefined && stop === undefined && isStagingFault(context, batch, error);
  // A stop may last for days, with a batch each time; and a full disk is full for others, too.
  if (batch !== undefined && (stop !== undefined || isDiskFull(error) || isDamaged)) context.staging(batch).remove();
  if (stop !== undefined) throw await withIncidents(context, batchId, stop);
  throw stagingFailure(context, batchId, error, isDamaged) ?? error;
}

/** Opens the incidents of an integrity stop. */
async function withIncidents({ warehouse }: Context, batchId: string, stop: IntegrityError): Promise<IntegrityError> {
  const reported = [];
  for (const incident of stop.incidents) reported.push(await reportIncident(warehouse.db, incident, batchId));
  return stop.reportedAs(reported);
}

/** A failure of the staging area with the way on; undefined for any other. */
function stagingFailure(
  { config }: Context,
  batchId: string,
  cause: unknown,
  isDamaged: boolean,
): TemporaryError | UsageError | undefined {
  const { stagingDir } = config;
  if (isDiskFull(cause)) {
    return new TemporaryError(
      `the disk of the staging area ${stagingDir} is full: the files of this batch are removed, and the next batch is half as large`,
      { cause },
    );
  }
  if (isNotAllowed(cause)) {
    return new UsageError(`the staging area ETL_STAGING_DIR=${stagingDir} can not be written to`, { cause });
  }
  if (!isDamaged) return undefined;
  return new TemporaryError(`staged files of batch ${batchId} are gone or damaged: the next try makes them again`, {
    cause,
  });
}

/** A file cut short or overwritten may also show as text that can not be parsed, here or in PostgreSQL. */
function isStagingFault(context: Context, batch: Batch, error: unknown): boolean {
  if (isDiskFull(error) || isNotAllowed(error)) return false;
  if (isMissingFile(error) || error instanceof StagedFileDamagedError) return true;
  const folders = [extractFolder, validateFolder, transformFolder];
  return (failureKind(error) === 'bug' || isUnreadable(error)) && context.staging(batch).isDamaged(folders);
}
