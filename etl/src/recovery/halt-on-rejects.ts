import type { Batch } from '../batch/batch.ts';
import { exceedsRejectLimit, isAccepted, topReasons } from './reject-limit.ts';
import type { TransformFacts, ValidateFacts } from '../batch/step-folders.ts';
import type { Context } from '../program/context.ts';
import { IntegrityError } from '../failures/errors.ts';
import { acceptedRejectRanges } from '../warehouse/incidents.ts';

export const rejectRateExceeded = 'reject_rate_exceeded';

const reasonsShown = 5;

/**
 * Stops a batch of which more is rejected than allowed, before anything of it is written. Off without a limit.
 * @throws IntegrityError unless the rejects of these ranges were accepted.
 */
export async function haltOnRejects(
  { config, warehouse }: Context,
  batch: Batch,
  validated: ValidateFacts,
  transformed: TransformFacts,
): Promise<void> {
  const readCount = validated.validCount + validated.rejectedCount;
  const rejectedCount = validated.rejectedCount + transformed.rejectedCount;
  const limit = config.rejectLimit;
  // A replay is an operator's decision, and what it rejects again was rejected before.
  if (batch.claims !== null) return;
  if (limit === undefined || !exceedsRejectLimit({ readCount, rejectedCount }, limit)) return;
  const { topic } = batch;
  if (isAccepted(batch.ranges, await acceptedRejectRanges(warehouse.db, topic))) return;

  const reasons = topReasons(validated.reasons, transformed.reasons);
  const shown = reasons.slice(0, reasonsShown).map(({ reason, count }) => `${reason} ${count}`);
  const message =
    `${topic}: ${rejectedCount} of ${readCount} records of batch ${batch.batchId} would be rejected, ` +
    `more than the limit of ${limit.ratioMax * 100} % allows: ${shown.join(', ')}`;
  const ranges = batch.ranges.map(({ partition, epoch, fromOffset, nextOffset }) => ({
    partition,
    epoch,
    fromOffset: String(fromOffset),
    nextOffset: String(nextOffset),
  }));
  const incident = { kind: rejectRateExceeded, topic, partition: null, message, details: { ranges, reasons } };
  const remedy =
    'find out who sends these; to load the rest and quarantine them: etl resume --accept-rejects --reason "…"';
  throw new IntegrityError(rejectRateExceeded, message, remedy, [incident]);
}
