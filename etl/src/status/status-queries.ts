import {
  etlBatches,
  etlBatchRanges,
  etlIncidents,
  etlReconciliations,
  rejectedTransactions,
  sourcePositions,
} from '@pulse/migrations/schema';
import { and, asc, count as countRows, desc, eq, isNull, ne, sql } from 'drizzle-orm';

import type { Queryable } from '../warehouse/connection.ts';

export type LastBatch = Pick<
  typeof etlBatches.$inferSelect,
  | 'batchId'
  | 'topic'
  | 'state'
  | 'loadedAt'
  | 'readCount'
  | 'loadedCount'
  | 'duplicateCount'
  | 'rejectedCount'
  | 'errorCode'
>;

export type IncidentRow = Pick<typeof etlIncidents.$inferSelect, 'incidentId' | 'kind' | 'message' | 'openedAt'>;

/** The newest batches, newest first. */
export async function readLastBatches(db: Queryable, count: number): Promise<LastBatch[]> {
  const { batchId, topic, state, loadedAt, readCount, loadedCount, duplicateCount, rejectedCount, errorCode } =
    etlBatches;
  return db
    .select({ batchId, topic, state, loadedAt, readCount, loadedCount, duplicateCount, rejectedCount, errorCode })
    .from(etlBatches)
    .orderBy(desc(etlBatches.plannedAt))
    .limit(count);
}

/** When a batch of the topic was last loaded; null before the first. */
export async function readLastLoad(db: Queryable, topic: string): Promise<Date | null> {
  const { loadedAt } = etlBatches;
  const [newest] = await db
    .select({ loadedAt })
    .from(etlBatches)
    .where(and(eq(etlBatches.topic, topic), eq(etlBatches.state, 'loaded')))
    .orderBy(desc(loadedAt))
    .limit(1);
  return newest?.loadedAt ?? null;
}

/** A topic that the warehouse has read and that no command reads now. */
export interface OtherTopic {
  readonly topic: string;
  readonly partitionCount: number;
  /** When its positions last moved. */
  readonly movedAt: Date;
}

/** Every topic with a position but this one. */
export async function readOtherTopics(db: Queryable, topic: string): Promise<OtherTopic[]> {
  const t = sourcePositions;
  return db
    .select({ topic: t.topic, partitionCount: countRows(), movedAt: sql`max(${t.updatedAt})`.mapWith(t.updatedAt) })
    .from(t)
    .where(ne(t.topic, topic))
    .groupBy(t.topic)
    .orderBy(asc(t.topic));
}

/** Incidents that nobody has resolved, oldest first. */
export async function readOpenIncidents(db: Queryable): Promise<IncidentRow[]> {
  const { incidentId, kind, message, openedAt } = etlIncidents;
  return db
    .select({ incidentId, kind, message, openedAt })
    .from(etlIncidents)
    .where(isNull(etlIncidents.resolvedAt))
    .orderBy(asc(openedAt));
}

/** What one minute's batches came to. */
export interface LoadedMinute extends Record<string, unknown> {
  readonly minute: string;
  readonly loaded: number;
  readonly rejected: number;
  /** The slowest of its batches, all steps together, in milliseconds. */
  readonly slowestMs: number;
}

/** The last minutes, oldest first, also those without a batch. */
export async function readLoadedMinutes(db: Queryable, minuteCount: number): Promise<readonly LoadedMinute[]> {
  const { rows } = await db.execute<LoadedMinute>(sql`
    select to_char(minute at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as minute,
      coalesce(sum(loaded_count), 0)::int as loaded,
      coalesce(sum(rejected_count), 0)::int as rejected,
      coalesce(max(coalesce(extract_duration_ms, 0) + coalesce(validate_duration_ms, 0)
        + coalesce(transform_duration_ms, 0) + coalesce(load_duration_ms, 0)), 0)::int as "slowestMs"
    from generate_series(
      date_trunc('minute', now()) - make_interval(mins => ${minuteCount - 1}), date_trunc('minute', now()), interval '1 minute'
    ) as minute
    left join etl_batches on state = 'loaded' and loaded_at >= minute and loaded_at < minute + interval '1 minute'
    group by minute
    order by minute`);
  return rows;
}

/** How many records compaction had removed before a batch could read them. */
export async function countCompacted(db: Queryable): Promise<number> {
  const [row] = await db
    .select({ compacted: sql<string | null>`sum(${etlBatchRanges.compactedCount})` })
    .from(etlBatchRanges)
    .where(eq(etlBatchRanges.isLoaded, true));
  return Number(row?.compacted ?? 0);
}

export async function countOpenRejects(db: Queryable): Promise<number> {
  const [row] = await db
    .select({ open: countRows() })
    .from(rejectedTransactions)
    .where(eq(rejectedTransactions.status, 'open'));
  return row?.open ?? 0;
}

export type LastReconciliation = Pick<
  typeof etlReconciliations.$inferSelect,
  'reconciliationId' | 'finishedAt' | 'differenceCount' | 'isDeep'
>;

/** The last reconciliation, or null before the first. */
export async function readLastReconciliation(db: Queryable): Promise<LastReconciliation | null> {
  const { reconciliationId, finishedAt, differenceCount, isDeep } = etlReconciliations;
  const [row] = await db
    .select({ reconciliationId, finishedAt, differenceCount, isDeep })
    .from(etlReconciliations)
    .orderBy(desc(finishedAt))
    .limit(1);
  return row ?? null;
}
