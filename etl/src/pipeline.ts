import type { BatchKind } from '@pulse/migrations/schema';

import { isSettled, plannedCount, type Batch, type StepName } from './batch/batch.ts';
import { StagedFileDamagedError } from './staging/staged-file.ts';
import type { StagedStep, StepOutput } from './staging/staging.ts';
import {
  extractFolder,
  transformFolder,
  validateFolder,
  type ExtractFacts,
  type TransformFacts,
  type ValidateFacts,
} from './batch/step-folders.ts';
import type { Context } from './program/context.ts';
import { TemporaryError, UsageError, type IntegrityError } from './failures/errors.ts';
import { OtherKindError, planBatch } from './extract/plan-batch.ts';
import { failpoint } from './failures/failpoint.ts';
import { haltOnRejects } from './recovery/halt-on-rejects.ts';
import { loadBatch, mirrorPositions } from './load/load-batch.ts';
import { publishAfterBatch } from './dead-letters/publish-dead-letters.ts';
import type { RefusedOrders } from './transform/transformation.ts';
import { findBatch, markSuperseded, recordAttempt, recordDuration, recordFailure } from './warehouse/batch-ledger.ts';
import { reportIncident } from './warehouse/incidents.ts';
import { claimLoad, releaseLoad } from './load/load-session-queries.ts';
import { withTransformSnapshot } from './transform/open-snapshot-queries.ts';
import { positionsStandAt } from './warehouse/positions.ts';
import { errorCodeOf, errorMessageOf, integrityStopOf } from './failures/error-chain.ts';
import { failureKind } from './program/failure-kind.ts';
import { isDiskFull, isMissingFile, isNotAllowed } from './failures/system-errors.ts';
import { isUnreadable } from './warehouse/warehouse-errors.ts';

// Each step is a process of its own and needs the code of that step only: the others are imported where they are needed.

/** How often rows are made again because the warehouse changed between transform and load. */
const transformsMax = 5;

/**
 * Runs one step of a batch and tells what the ledger then says. Any step may be run again, at any time and beside
 * itself: a batch that is settled stays as it is, and a step whose input is missing runs the steps before it.
 */
export async function runStep(context: Context, step: StepName, batchId: string, kind: BatchKind): Promise<Batch> {
  const { db } = context.warehouse;
  // A new batch needs it, once the ledger has said where to read; who waits for the connection hears what is wrong with it.
  if (step === 'extract' && kind !== 'replay') context.kafka().catch(() => undefined);
  try {
    const batch = await planBatch(context, batchId, kind);
    const isDone = isSettled(batch);
    if (!isDone) requireItsTopic(context, batch);
    if (!isDone && !(await positionsStandAt(db, batch.topic, batch.ranges))) {
      await markSuperseded(db, batchId);
    } else if (!isDone) {
      await recordAttempt(db, batchId);
      await steps[step](context, batch);
    }
    if (step === 'load') await afterLoad(context, batch);
    return isDone ? batch : await requireBatch(context, batchId);
  } catch (error) {
    if (error instanceof OtherKindError) throw error;
    return settledMeanwhile(context, batchId, error);
  }
}

/** Its offsets mean other records in another topic. A replay reads none. */
function requireItsTopic({ config }: Context, { batchId, topic, claims }: Batch): void {
  if (claims !== null || topic === config.kafka.topic) return;
  throw new UsageError(
    `batch ${batchId} was planned to read topic ${topic}, but KAFKA_TOPIC_TRANSACTIONS is ${config.kafka.topic}: ` +
      `set it to ${topic} to finish the batch, or run a new one, which leaves these records unread until ${topic} is read again`,
  );
}

const steps = {
  extract: async (context, batch) => void (await extracted(context, batch)),
  validate: async (context, batch) => void (await validated(context, batch)),
  transform: async (context, batch) => void (await transformed(context, batch)),
  load,
} as const satisfies Record<StepName, (context: Context, batch: Batch) => Promise<void>>;

async function extracted(context: Context, batch: Batch): Promise<StagedStep<ExtractFacts>> {
  const staging = context.staging(batch);
  const found = staging.find(extractFolder);
  if (found !== undefined) return found;
  return timed(context, batch, 'extract', async () =>
    staging.publish(extractFolder, async (folder) =>
      batch.claims === null ? fromKafka(context, batch, folder) : fromQuarantine(context, batch, folder),
    ),
  );
}

async function fromKafka(context: Context, batch: Batch, folder: string): Promise<StepOutput<ExtractFacts>> {
  const { checkAnchors } = await import('./extract/check-anchors.ts');
  const { extractBatch } = await import('./extract/extract-batch.ts');
  const { requireKnownCluster } = await import('./program/known-cluster.ts');
  await requireKnownCluster(context);
  await checkAnchors(context, batch);
  return extractBatch(context, batch, folder);
}

async function fromQuarantine(context: Context, batch: Batch, folder: string): Promise<StepOutput<ExtractFacts>> {
  const { extractClaims } = await import('./extract/extract-claims.ts');
  return extractClaims(context, batch, folder);
}

async function validated(context: Context, batch: Batch): Promise<StagedStep<ValidateFacts>> {
  const staging = context.staging(batch);
  const found = staging.find(validateFolder);
  if (found !== undefined) return found;
  const input = await extracted(context, batch);
  const { validateBatch } = await import('./validate/validate-batch.ts');
  return timed(context, batch, 'validate', async () =>
    staging.publish(validateFolder, (folder) => validateBatch(context, batch, input, folder)),
  );
}

const none: RefusedOrders = new Map();

/** Undefined for a batch whose records another one has loaded. */
async function transformed(
  context: Context,
  batch: Batch,
  refused: RefusedOrders = none,
): Promise<StagedStep<TransformFacts> | undefined> {
  const { warehouse } = context;
  const staging = context.staging(batch);
  const found = staging.find(transformFolder);
  const input = { validated: await validated(context, batch), extracted: await extracted(context, batch) };
  if (found !== undefined) {
    await haltOnRejects(context, batch, input.validated.facts, found.facts);
    return found;
  }
  const { transformBatch } = await import('./transform/transform-batch.ts');
  const outcome = await timed(context, batch, 'transform', async () =>
    withTransformSnapshot(warehouse, batch.topic, batch.ranges, async (snapshot) =>
      staging.publish(transformFolder, async (folder) =>
        transformBatch(context, batch, input, snapshot, refused, folder),
      ),
    ),
  );
  if (outcome.kind === 'superseded') {
    await markSuperseded(warehouse.db, batch.batchId);
    return undefined;
  }
  await haltOnRejects(context, batch, input.validated.facts, outcome.result.facts);
  return outcome.result;
}

async function load(context: Context, batch: Batch): Promise<void> {
  const { warehouse, logger, config } = context;
  const { batchId } = batch;
  // Kafka is told of the positions at the end: meanwhile the warehouse works.
  if (batch.claims === null) context.kafka().catch(() => undefined);
  const ended = await claimLoad(warehouse, batchId, config.warehouse.loadTimeoutMs);
  if (ended > 0) logger.warn({ batchId, sessions: ended }, 'ended sessions that earlier tries at a load had left');
  const refused = new Map<string, string>();
  for (let attempt = 1; attempt <= transformsMax; attempt += 1) {
    const rows = await transformed(context, batch, refused);
    if (rows === undefined) return;
    const input = {
      extracted: await extracted(context, batch),
      validated: await validated(context, batch),
      transformed: rows,
    };
    const outcome = await timed(context, batch, 'load', async () => loadBatch(context, batch, input));
    if (outcome.kind === 'superseded') await markSuperseded(warehouse.db, batchId);
    if (outcome.kind === 'loaded' || outcome.kind === 'superseded') return;
    if (outcome.kind === 'refused') {
      for (const [orderId, words] of outcome.orders) refused.set(orderId, words);
      logger.warn({ batchId, orders: outcome.orders.size }, 'the database refuses rows: they go to quarantine');
    } else {
      logger.info({ batchId, attempt }, 'the warehouse has changed since the transform: its rows are made again');
    }
    context.staging(batch).discard(transformFolder);
  }
  throw new TemporaryError(`the warehouse changed under batch ${batchId} ${transformsMax} times in a row`);
}

async function afterLoad(context: Context, batch: Batch): Promise<void> {
  if (plannedCount(batch) > 0) {
    await releaseLoad(context.warehouse);
    context.staging(batch).remove();
  }
  // A replay moves no position, nor does a batch of nothing.
  const isMoved = plannedCount(batch) > 0 && batch.claims === null;
  await Promise.all([isMoved ? mirrored(context) : undefined, publishAfterBatch(context)]);
}

async function mirrored(context: Context): Promise<void> {
  failpoint('before-mirror');
  await mirrorPositions(context);
  failpoint('after-mirror');
}

/** Runs one step's work and notes in the ledger how long it took. */
async function timed<Result>(
  context: Context,
  { batchId }: Batch,
  step: StepName,
  work: () => Promise<Result>,
): Promise<Result> {
  const startedMs = performance.now();
  const result = await work();
  const durationMs = Math.round(performance.now() - startedMs);
  await recordDuration(context.warehouse.db, batchId, step, durationMs);
  context.logger.info({ batchId, step, durationMs }, `${step} finished`);
  return result;
}

/**
 * A step that fails because another try has finished the batch under its hands has not failed. Any other failure goes
 * into the ledger, as far as the warehouse is there to take it, and on to the caller.
 */
async function settledMeanwhile(context: Context, batchId: string, error: unknown): Promise<Batch> {
  const { warehouse, logger } = context;
  const current = await findBatch(warehouse.db, batchId).catch(() => undefined);
  if (current !== undefined && isSettled(current)) {
    logger.info({ batchId, state: current.state, cause: errorMessageOf(error) }, 'another try has settled the batch');
    return current;
  }
  await recordFailure(warehouse.db, batchId, errorCodeOf(error), errorMessageOf(error)).catch((cause: unknown) =>
    logger.warn({ batchId, cause: errorMessageOf(cause) }, 'the failure could not be noted in the ledger'),
  );
  const stop = integrityStopOf(error);
  // Its next try needs the room that this batch takes, as do others; and a stop may last for days, with a batch each time.
  if (current !== undefined && (stop !== undefined || isDiskFull(error))) context.staging(current).remove();
  if (stop !== undefined) throw await opened(context, batchId, stop);
  if (isDiskFull(error)) throw diskFull(context, error);
  if (isNotAllowed(error)) {
    throw new UsageError(`the staging area ETL_STAGING_DIR=${context.config.stagingDir} can not be written to`, {
      cause: error,
    });
  }
  if (current === undefined || !isStagingFault(context, current, error)) throw error;
  context.staging(current).remove();
  throw new TemporaryError(`staged files of batch ${batchId} are gone or damaged: the next try makes them again`, {
    cause: error,
  });
}

function diskFull({ config }: Context, error: unknown): TemporaryError {
  return new TemporaryError(
    `the disk of the staging area ${config.stagingDir} is full: the batch has given back what it took, and the next one is half as large`,
    { cause: error },
  );
}

/** Opens the incidents of an integrity stop. */
async function opened({ warehouse }: Context, batchId: string, stop: IntegrityError): Promise<IntegrityError> {
  const reported = [];
  for (const incident of stop.incidents) reported.push(await reportIncident(warehouse.db, incident, batchId));
  return stop.reportedAs(reported);
}

/** A file cut short or overwritten may also show as text that nobody can read, here or in PostgreSQL. */
function isStagingFault(context: Context, batch: Batch, error: unknown): boolean {
  if (isMissingFile(error) || error instanceof StagedFileDamagedError) return true;
  const folders = [extractFolder, validateFolder, transformFolder];
  return (failureKind(error) === 'bug' || isUnreadable(error)) && context.staging(batch).isDamaged(folders);
}

async function requireBatch(context: Context, batchId: string): Promise<Batch> {
  const batch = await findBatch(context.warehouse.db, batchId);
  if (batch === undefined) throw new Error(`batch ${batchId} is not in the ledger`);
  return batch;
}
