import type { Context } from '../program/context.ts';
import { readHeldSince } from '../warehouse/held-partitions.ts';
import {
  countCompacted,
  countOpenRejects,
  readLastBatches,
  readLastLoad,
  readLastReconciliation,
  readLoadedMinutes,
  readOpenIncidents,
  readOtherTopics,
  type IncidentRow,
  type LastBatch,
  type LastReconciliation,
  type LoadedMinute,
  type OtherTopic,
} from './status-queries.ts';
import { readKeyCounts, type KeyCounts } from './key-count-queries.ts';
import { nearRetention, type NearRetention } from './near-retention.ts';
import { readPositions, type StoredPosition } from '../warehouse/positions.ts';
import { readScheduleState, type ScheduleState } from '../warehouse/schedule.ts';
import { readLogEnds, type LogEnds } from './log-ends.ts';
import { isBatchOverdue } from './overdue-batch.ts';
import { readUnverifiedCharges, type UnverifiedCharge } from '../rates/unverified-tax-queries.ts';

interface PartitionLag {
  readonly partition: number;
  readonly position: string;
  readonly end: string;
  readonly lag: number;
  /** Records, and ends of transactions, that wait behind an open transaction; 0 while none is open. */
  readonly held: number;
  /** Since when plans have found it so, or null: only just, or no batch was planned meanwhile. */
  readonly heldSince: string | null;
}

/** The state of the pipeline, for people and machines. */
export interface PipelineStatus {
  readonly topic: string;
  /** Why Kafka could not be asked: ends and lag are then those of the newest plan. Null where it answers. */
  readonly kafkaError: string | null;
  readonly lag: number;
  readonly partitions: readonly PartitionLag[];
  /** Topics that were read into this warehouse before, or are by another pipeline. */
  readonly otherTopics: readonly OtherTopic[];
  /** Seconds since a batch of the topic was last loaded; null before the first. */
  readonly secondsSinceLoad: number | null;
  /** What the schedule promises, and whether a batch should have come long ago. */
  readonly schedule: ScheduleState & { readonly isOverdue: boolean };
  /** Of every topic. */
  readonly batches: readonly LastBatch[];
  readonly incidents: readonly IncidentRow[];
  /** The last half hour, minute by minute, oldest first. */
  readonly minutes: readonly LoadedMinute[];
  readonly openRejectCount: number;
  /** Records that compaction had removed before a batch could read them; null where compaction is not allowed. */
  readonly compactedCount: number | null;
  /** Partitions whose oldest unread record Kafka may delete soon. */
  readonly nearRetention: readonly NearRetention[];
  readonly lastReconciliation: LastReconciliation | null;
  readonly keys: KeyCounts;
  /** What the last days' transactions were taxed by rates that nobody has verified, by country, category and rate. */
  readonly unverifiedTax: { readonly days: number; readonly charges: readonly UnverifiedCharge[] };
}

const batchesShown = 5;
const minutesShown = 30;
/** Keys are looked at over so long. */
const keyHours = 24;
const taxDays = 30;

/** Looks at positions, the log's ends, the last batches and open incidents. */
export async function readStatus(context: Context, now: Date): Promise<PipelineStatus> {
  const { warehouse, config } = context;
  const log = await readLogEnds(context);
  const positions = await readPositions(warehouse.db, config.kafka.topic);
  const partitions = await partitionLags(context, log, positions);
  const batches = await readLastBatches(warehouse.db, batchesShown);
  const schedule = await readScheduleState(warehouse.db);
  const lastLoad = await readLastLoad(warehouse.db, config.kafka.topic);
  return {
    topic: config.kafka.topic,
    kafkaError: log.kafkaError,
    lag: partitions.reduce((sum, { lag }) => sum + lag, 0),
    partitions,
    otherTopics: await readOtherTopics(warehouse.db, config.kafka.topic),
    secondsSinceLoad: lastLoad === null ? null : Math.round((now.getTime() - lastLoad.getTime()) / 1000),
    schedule: { ...schedule, isOverdue: isBatchOverdue(schedule) },
    batches,
    incidents: await readOpenIncidents(warehouse.db),
    minutes: await readLoadedMinutes(warehouse.db, minutesShown),
    openRejectCount: await countOpenRejects(warehouse.db),
    compactedCount: config.kafka.allowCompaction ? await countCompacted(warehouse.db) : null,
    nearRetention: await nearRetention(context, partitions, log.retentionMs, now),
    lastReconciliation: await readLastReconciliation(warehouse.db),
    keys: await readKeyCounts(warehouse.db, keyHours),
    unverifiedTax: { days: taxDays, charges: await readUnverifiedCharges(warehouse.db, taxDays) },
  };
}

async function partitionLags(
  context: Context,
  { ends, highWatermarks }: LogEnds,
  positions: readonly StoredPosition[],
): Promise<readonly PartitionLag[]> {
  const { warehouse, config } = context;
  const stored = new Map(positions.map((position) => [position.partition, position]));
  const lags: PartitionLag[] = [];
  for (const { partition, lowOffset, endOffset } of ends.toSorted((a, b) => a.partition - b.partition)) {
    const { nextOffset: position, epoch } = stored.get(partition) ?? { nextOffset: lowOffset, epoch: 0 };
    const held = Number((highWatermarks.get(partition) ?? endOffset) - endOffset);
    const heldSince =
      held > 0 ? await readHeldSince(warehouse.db, config.kafka.topic, { partition, epoch, endOffset }) : null;
    const lag = Number(endOffset - position);
    lags.push({ partition, position: String(position), end: String(endOffset), lag, held, heldSince });
  }
  return lags;
}
