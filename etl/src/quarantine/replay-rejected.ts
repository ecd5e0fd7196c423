import { isSettled, plannedCount, stepNames, type Batch } from '../batch/batch.ts';
import { newBatch } from '../extract/new-batch.ts';
import type { Context } from '../program/context.ts';
import { TemporaryError, UsageError } from '../failures/errors.ts';
import { runStep } from '../pipeline.ts';
import type { FinishedBatch } from '../run/run-batches.ts';
import { findBatch, requireBatch } from '../warehouse/batch-ledger.ts';
import type { RejectedFilter } from './rejected-filter-queries.ts';
import { insertReplay, lastClaim, selectClaims, type ReplayPosition } from './replay-queries.ts';

export interface ReplayRequest {
  readonly batchId: string;
  readonly filter: RejectedFilter;
  /** The most records of all its batches together. */
  readonly countMax: number;
}

/** How often the same records are claimed again because another replay settled some of them first. */
const supersededMax = 20;

/**
 * Processes open rejected records again, of whatever topic, in as many batches as it takes: ID, ID.2, ID.3 … Each is planned once, so that
 * a replay that was killed goes on where it stood when it is run again under the same id.
 */
export async function* replayRejected(context: Context, request: ReplayRequest): AsyncGenerator<FinishedBatch, void> {
  const { filter } = request;
  let { countMax } = request;
  let after: ReplayPosition | undefined;
  let superseded = 0;
  for (let number = 1; countMax > 0; number += 1) {
    const startedMs = performance.now();
    const batchId = number === 1 ? request.batchId : `${request.batchId}.${number}`;
    const planned = await planReplay(context, { batchId, filter, countMax }, after, number > 1);
    if (planned === undefined) return;
    const batch = await settled(context, planned);
    yield { batch, durationMs: performance.now() - startedMs };
    if (plannedCount(batch) === 0) return;
    if (batch.state === 'superseded') {
      superseded += 1;
      if (superseded > supersededMax) throw new TemporaryError('other replays settle these records: try again later');
    } else {
      after = (await lastClaim(context.warehouse.db, batchId)) ?? after;
      countMax -= plannedCount(batch);
    }
  }
}

async function settled(context: Context, planned: Batch): Promise<Batch> {
  if (isSettled(planned)) return planned;
  let batch = planned;
  for (const step of stepNames) batch = await runStep(context, step, planned.batchId, 'replay');
  return batch;
}

/** The batch as it was first planned; plans it if it is new. Undefined when nothing is left and none is needed. */
async function planReplay(
  context: Context,
  { batchId, filter, countMax }: ReplayRequest,
  after: ReplayPosition | undefined,
  isFollowUp: boolean,
): Promise<Batch | undefined> {
  const { warehouse, config } = context;
  const known = await findBatch(warehouse.db, batchId);
  if (known !== undefined) return requireReplay(known);
  const claims = await selectClaims(warehouse.db, filter, after, Math.min(countMax, config.batchSizeMax));
  if (claims === undefined && isFollowUp) return undefined;
  const topic = claims?.topic ?? config.kafka.topic;
  await insertReplay(warehouse, await newBatch(context, { batchId, kind: 'replay', topic }), claims?.rejectedIds ?? []);
  return requireReplay(await requireBatch(warehouse.db, batchId));
}

function requireReplay(batch: Batch): Batch {
  if (batch.kind === 'replay') return batch;
  throw new UsageError(`batch ${batch.batchId} is a ${batch.kind} batch, no replay: give the replay another id`);
}
