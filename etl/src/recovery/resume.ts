import type { IncidentDetails } from '@pulse/migrations/schema';

import { decidePosition, type Decision } from './decide-position.ts';
import type { Context } from '../program/context.ts';
import { TemporaryError, UsageError } from '../failures/errors.ts';
import { anchorState } from '../extract/check-anchors.ts';
import { requireKnownCluster } from '../program/known-cluster.ts';
import { rejectRateExceeded } from './halt-on-rejects.ts';
import { isAboutRecordBatch } from '../warehouse/given-up-batches.ts';
import { acceptLossOf, acceptRejectsOf, openIncidents, type OpenIncident, giveUpBatches } from './resume-queries.ts';
import { readPositions, type StoredPosition } from '../warehouse/positions.ts';

/** What a resume does, or would do. */
export interface Resumed {
  readonly dry_run: boolean;
  /** The incidents that it resolves. */
  readonly incident_ids: readonly number[];
  readonly partition: number | null;
  /** What becomes of the partition's position; null where rejects or unreadable record batches are accepted. */
  readonly accepted: NonNullable<IncidentDetails['accepted']> | null;
  /** Offsets that are given up; null when that is not known, or none are. */
  readonly lost_count: number | null;
  /** All of it in a sentence. */
  readonly message: string;
}

/**
 * Lets the pipeline go on after records were lost: moves the partition's position to where Kafka's log allows, and
 * writes into the incident who decided that, when and why.
 * @throws UsageError when nothing is lost and no incident is open.
 * @throws TemporaryError when the position moves meanwhile.
 */
export async function acceptLoss(context: Context, partition: number, decision: Decision): Promise<Resumed> {
  const { warehouse, config } = context;
  const { topic } = config.kafka;
  const ofPartition = (await openIncidents(warehouse.db, topic)).filter(
    (incident) => incident.partition === partition && incident.kind !== rejectRateExceeded,
  );
  const open = ofPartition.filter((incident) => !isAboutRecordBatch(incident));
  const stored = (await readPositions(warehouse.db, topic)).find((each) => each.partition === partition);
  // A partition that joined the topic, and of which records were lost before any was read: its stop has left no position.
  const position = stored ?? (open.length > 0 ? firstPosition(topic, partition) : undefined);
  if (position === undefined) {
    throw new UsageError(`${topic} partition ${partition} has no stored position: it is read from its start anyhow`);
  }
  await requireKnownCluster(context);
  const source = await context.kafka();
  const log = (await source.partitionOffsets()).find((offsets) => offsets.partition === partition);
  const anchor =
    log === undefined || position.nextOffset > log.endOffset
      ? 'gone'
      : await anchorState(source, position, log.lowOffset, new AbortController().signal, config.kafka.allowCompaction);
  const change = decidePosition(position, log, anchor);
  if (change.kind === 'nothing_lost') {
    const unreadable = ofPartition.filter(isAboutRecordBatch);
    if (unreadable.length > 0) return acceptUnreadable(context, partition, unreadable, decision);
  }
  if (change.kind === 'nothing_lost' && open.length === 0) {
    throw new UsageError(`nothing to accept: ${topic} ${change.message}, and it has no open incident`);
  }
  const incidentIds = decision.dryRun
    ? open.map(({ incidentId }) => incidentId)
    : await acceptLossOf(
        warehouse,
        { topic, position, isStored: stored !== undefined, change, open, decision },
        config.warehouse.lockTimeoutMs,
      );
  if (incidentIds === undefined) {
    throw new TemporaryError(`${topic} partition ${partition} has moved meanwhile: look at etl status and try again`);
  }
  return {
    dry_run: decision.dryRun,
    incident_ids: incidentIds,
    partition,
    accepted: change.accepted,
    lost_count: change.lostCount,
    message: `${topic}: ${change.message}`,
  };
}

/** Where a partition begins that has joined a known topic. */
function firstPosition(topic: string, partition: number): StoredPosition {
  const noAnchor = { anchorOffset: null, anchorTimestamp: null, anchorKeyHash: null };
  return { topic, partition, epoch: 0, nextOffset: 0n, ...noAnchor, batchId: null, updatedAt: new Date() };
}

/** The position stays: what lies before and behind such a record batch is read, and only the batch is passed over. */
async function acceptUnreadable(
  { warehouse, config }: Context,
  partition: number,
  incidents: readonly OpenIncident[],
  decision: Decision,
): Promise<Resumed> {
  if (!decision.dryRun) await giveUpBatches(warehouse, incidents, decision, config.warehouse.lockTimeoutMs);
  const ranges = incidents.map(({ fromOffset, nextOffset }) => `offsets ${fromOffset} to ${(nextOffset ?? 0n) - 1n}`);
  return {
    dry_run: decision.dryRun,
    incident_ids: incidents.map(({ incidentId }) => incidentId),
    partition,
    accepted: null,
    lost_count: incidents.reduce((sum, { lostCount }) => sum + (lostCount ?? 0), 0),
    message: `${config.kafka.topic}: partition ${partition} passes over ${ranges.join(', ')}; their records are given up`,
  };
}

/**
 * Lets the halted ranges pass, rejects and all: the next batches read these ranges first, and only these.
 * @throws UsageError when no batch is halted.
 */
export async function acceptRejects(context: Context, decision: Decision): Promise<Resumed> {
  const { warehouse, config } = context;
  const { topic } = config.kafka;
  const halted = (await openIncidents(warehouse.db, topic)).find(({ kind }) => kind === rejectRateExceeded);
  if (halted === undefined) throw new UsageError(`nothing to accept: no batch of ${topic} is halted for its rejects`);
  if (!decision.dryRun) await acceptRejectsOf(warehouse, halted, decision, config.warehouse.lockTimeoutMs);
  return {
    dry_run: decision.dryRun,
    incident_ids: [halted.incidentId],
    partition: null,
    accepted: null,
    lost_count: null,
    message: `${topic}: ${describeRanges(halted)} may pass with their rejects`,
  };
}

function describeRanges({ details }: OpenIncident): string {
  const ranges = (details?.ranges ?? []).filter(({ fromOffset, nextOffset }) => fromOffset !== nextOffset);
  return ranges
    .map(
      ({ partition, fromOffset, nextOffset }) =>
        `partition ${partition} offsets ${fromOffset} to ${BigInt(nextOffset) - 1n}`,
    )
    .join(', ');
}
