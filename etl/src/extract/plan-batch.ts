import type { BatchKind } from '@pulse/migrations/schema';

import type { Batch } from '../batch/batch.ts';
import { newBatch } from './new-batch.ts';
import { planRanges, type PlannedRange, type Position, type RangeFault } from '../batch/plan-ranges.ts';
import { sweepStaging } from '../staging/staging.ts';
import type { Context } from '../program/context.ts';
import { acceptLossCommand, IntegrityError, UsageError, type IncidentFacts } from '../failures/errors.ts';
import { failpoint } from '../failures/failpoint.ts';
import { refuseCompaction } from '../kafka/topic-settings.ts';
import { findBatch, insertPlan, requireBatch, sizeThatFilledTheDisk } from '../warehouse/batch-ledger.ts';
import { acceptedRejectRanges } from '../warehouse/incidents.ts';
import { beginPositions, insertPositions, readPositions } from '../warehouse/positions.ts';
import { insertSourceTopic } from '../warehouse/source-topics.ts';
import { prepareReferenceData } from './reference-data-queries.ts';
import { requireKnownCluster } from '../program/known-cluster.ts';

/**
 * The batch as it was first planned; plans it if it is new. What it reads is fixed here, before any record is read, so
 * that every retry reads the same records and validates them by the same clock.
 * @throws IntegrityError when a stored position and the log do not fit together, with its incidents.
 */
export async function planBatch(context: Context, batchId: string, kind: BatchKind): Promise<Batch> {
  const { warehouse, config } = context;
  const known = await findBatch(warehouse.db, batchId);
  if (known !== undefined) requireSameKind(known, kind);
  if (known !== undefined) return known;

  sweepOldStaging(context);
  await prepareWarehouse(context);
  const newSource = await requireKnownCluster(context);
  const { ranges, begun } = await planNewRanges(context);
  const batch = await newBatch(context, { batchId, kind, topic: config.kafka.topic });
  failpoint('before-plan');
  await warehouse.db.transaction(async (tx) => {
    if (newSource !== undefined) await insertSourceTopic(tx, newSource);
    await insertPositions(tx, batch.topic, begun);
    await insertPlan(tx, batch, ranges);
  });
  failpoint('after-plan');
  if (begun.length > 0) {
    const partitions = begun.map(({ partition }) => partition);
    context.logger.info({ topic: batch.topic, partitions }, 'new partitions begin at their start');
  }
  return requireBatch(warehouse.db, batchId);
}

/** The id of a replay, where a batch from Kafka is asked for. */
export class OtherKindError extends UsageError {}

function requireSameKind({ batchId, kind: knownKind }: Batch, kind: BatchKind): void {
  if (knownKind === 'replay' && kind !== 'replay') {
    const remedy = `\`etl rejected replay --batch ${batchId}\` goes on with it, and this batch needs another id`;
    throw new OtherKindError(`batch ${batchId} is a replay of rejected records: ${remedy}`);
  }
}

async function prepareWarehouse({ warehouse, config, logger }: Context): Promise<void> {
  const today = new Date().toISOString().slice(0, 10);
  await prepareReferenceData(warehouse, config.rules.baseCurrency, today, config.warehouse.lockTimeoutMs, logger);
}

function sweepOldStaging({ config, logger }: Context): void {
  const swept = sweepStaging(config.stagingDir, new Date(Date.now() - config.maintenance.stagingKeptMs));
  if (swept.length > 0) logger.info({ folders: swept }, 'old staged files removed');
}

/** What a batch reads, and the positions of partitions that it is the first to read. */
interface NewRanges {
  readonly ranges: readonly PlannedRange[];
  readonly begun: readonly Position[];
}

async function planNewRanges(context: Context): Promise<NewRanges> {
  const { warehouse, config } = context;
  const { topic } = config.kafka;
  const source = await context.kafka();
  // Positions before ends: a batch that loads in between leaves this plan behind, never beyond the end.
  const stored = await readPositions(warehouse.db, topic);
  const offsets = await source.partitionOffsets();
  refuseCompaction(topic, await source.topicSettings(), config.kafka.allowCompaction);
  const isStored = new Set(stored.map(({ partition }) => partition));
  const begun = await beginPositions(
    warehouse.db,
    topic,
    offsets.filter(({ partition }) => !isStored.has(partition)),
    stored.length > 0,
  );
  const accepted = await acceptedRejectRanges(warehouse.db, topic);
  const plan = planRanges([...stored, ...begun], offsets, await batchSizeMax(context), accepted);
  if (plan.kind === 'planned') {
    return { ranges: withHighWatermarks(plan.ranges, await source.highWatermarks()), begun };
  }
  const incidents = plan.faults.map((fault) => incidentOf(topic, fault));
  const messages = incidents.map(({ message }) => message);
  throw new IntegrityError(plan.faults[0].kind, messages.join('; '), remedyFor(plan.faults[0]), incidents);
}

/** Asked for after the ends: a transaction that ends in between moves an end, never past this. */
function withHighWatermarks(
  ranges: readonly PlannedRange[],
  highWatermarks: ReadonlyMap<number, bigint>,
): readonly PlannedRange[] {
  return ranges.map((range) => ({ ...range, highWatermark: highWatermarks.get(range.partition) ?? null }));
}

/** The configured cap, or half of the newest batch where that one did not fit on the disk. */
async function batchSizeMax({ warehouse, config, logger }: Context): Promise<number> {
  const tooLarge = await sizeThatFilledTheDisk(warehouse.db);
  if (tooLarge === undefined) return config.batchSizeMax;
  const halved = Math.max(1, Math.min(config.batchSizeMax, Math.floor(tooLarge / 2)));
  logger.warn({ sizeMax: halved }, 'the disk was full: this batch takes half of the last one');
  return halved;
}

function incidentOf(topic: string, fault: RangeFault): IncidentFacts {
  const { kind, partition, fromOffset, nextOffset } = fault;
  const message = describeFault(topic, fault);
  const lostCount = kind === 'truncated_before_position' ? Number(nextOffset - fromOffset) : null;
  return { kind, topic, partition, fromOffset, nextOffset, lostCount, message };
}

function describeFault(topic: string, fault: RangeFault): string {
  const where = `${topic} partition ${fault.partition}`;
  switch (fault.kind) {
    case 'partition_missing':
      return `${where} has a stored position, ${fault.nextOffset}, but is not in Kafka: what it held from there on is lost (how much is not known)`;
    case 'truncated_before_position':
      return `${where}: offsets ${fault.fromOffset} to ${fault.nextOffset - 1n} were deleted before they were read (${fault.nextOffset - fault.fromOffset} lost)`;
    case 'position_after_end':
      return `${where}: the stored position ${fault.nextOffset} lies beyond the log's end ${fault.fromOffset}: the topic was truncated or created again, and what was not read before is lost (how much is not known)`;
    default:
      return fault.kind satisfies never;
  }
}

function remedyFor(fault: RangeFault): string {
  return `find out what happened to the topic; to go on without the lost records: ${acceptLossCommand(fault.partition)}`;
}
