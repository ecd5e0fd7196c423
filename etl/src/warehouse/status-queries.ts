import { etlBatches, etlIncidents } from '@pulse/migrations/schema';
import { asc, desc, isNull } from 'drizzle-orm';

import type { Queryable } from './connection.ts';

export type LastBatch = Pick<
  typeof etlBatches.$inferSelect,
  'batchId' | 'state' | 'loadedAt' | 'readCount' | 'loadedCount' | 'duplicateCount' | 'rejectedCount' | 'errorCode'
>;

export type IncidentRow = Pick<typeof etlIncidents.$inferSelect, 'incidentId' | 'kind' | 'message' | 'openedAt'>;

/** The newest batches, newest first. */
export async function readLastBatches(db: Queryable, count: number): Promise<LastBatch[]> {
  const { batchId, state, loadedAt, readCount, loadedCount, duplicateCount, rejectedCount, errorCode } = etlBatches;
  return db
    .select({ batchId, state, loadedAt, readCount, loadedCount, duplicateCount, rejectedCount, errorCode })
    .from(etlBatches)
    .orderBy(desc(etlBatches.plannedAt))
    .limit(count);
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
