import type { Context } from '../context.ts';
import {
  countOpenRejects,
  readLastBatches,
  readLastReconciliation,
  readLoadedMinutes,
  readOpenIncidents,
  type IncidentRow,
  type LastBatch,
  type LastReconciliation,
  type LoadedMinute,
} from '../warehouse/status-queries.ts';
import { readKeyCounts, type KeyCounts } from '../warehouse/key-counts.ts';
import { readPositions } from '../warehouse/positions.ts';
import { readScheduleState, type ScheduleState } from '../warehouse/schedule.ts';
import { isBatchOverdue } from './overdue-batch.ts';
import { readUnverifiedCharges, type UnverifiedCharge } from '../warehouse/unverified-tax.ts';

interface PartitionLag {
  readonly partition: number;
  readonly position: string;
  readonly end: string;
  readonly lag: number;
}

/** The state of the pipeline, for people and machines. */
export interface PipelineStatus {
  readonly topic: string;
  readonly lag: number;
  readonly partitions: readonly PartitionLag[];
  /** Seconds since the last batch was loaded; null before the first. */
  readonly secondsSinceLoad: number | null;
  /** What the schedule promises, and whether a batch should have come long ago. */
  readonly schedule: ScheduleState & { readonly isOverdue: boolean };
  readonly batches: readonly LastBatch[];
  readonly incidents: readonly IncidentRow[];
  /** The last half hour, minute by minute, oldest first. */
  readonly minutes: readonly LoadedMinute[];
  readonly openRejectCount: number;
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
  const source = await context.kafka();
  const ends = await source.partitionOffsets();
  const positions = await readPositions(warehouse.db, config.kafka.topic);
  const stored = new Map(positions.map(({ partition, nextOffset }) => [partition, nextOffset]));
  const partitions = ends
    .toSorted((a, b) => a.partition - b.partition)
    .map(({ partition, lowOffset, endOffset }) => {
      const position = stored.get(partition) ?? lowOffset;
      return { partition, position: String(position), end: String(endOffset), lag: Number(endOffset - position) };
    });
  const batches = await readLastBatches(warehouse.db, batchesShown);
  const schedule = await readScheduleState(warehouse.db);
  const lastLoad = batches.find(({ loadedAt }) => loadedAt !== null)?.loadedAt ?? null;
  return {
    topic: config.kafka.topic,
    lag: partitions.reduce((sum, { lag }) => sum + lag, 0),
    partitions,
    secondsSinceLoad: lastLoad === null ? null : Math.round((now.getTime() - lastLoad.getTime()) / 1000),
    schedule: { ...schedule, isOverdue: isBatchOverdue(schedule) },
    batches,
    incidents: await readOpenIncidents(warehouse.db),
    minutes: await readLoadedMinutes(warehouse.db, minutesShown),
    openRejectCount: await countOpenRejects(warehouse.db),
    lastReconciliation: await readLastReconciliation(warehouse.db),
    keys: await readKeyCounts(warehouse.db, keyHours),
    unverifiedTax: { days: taxDays, charges: await readUnverifiedCharges(warehouse.db, taxDays) },
  };
}
