import { etlIncidents } from '@pulse/migrations/schema';
import { and, eq, isNull, sql } from 'drizzle-orm';

import type { Queryable } from './connection.ts';

export type Incident = Pick<
  typeof etlIncidents.$inferInsert,
  'kind' | 'topic' | 'partition' | 'fromOffset' | 'nextOffset' | 'lostCount' | 'batchId' | 'message'
>;

/** Opens an incident, or counts it once more where the same one is open. */
export async function reportIncident(db: Queryable, incident: Incident): Promise<void> {
  const isSame = and(
    eq(etlIncidents.kind, incident.kind),
    eq(etlIncidents.topic, incident.topic),
    sql`${etlIncidents.partition} is not distinct from ${incident.partition ?? null}`,
    isNull(etlIncidents.resolvedAt),
  );
  const { message, batchId } = incident;
  const seenAgain = { occurrenceCount: sql`${etlIncidents.occurrenceCount} + 1`, lastSeenAt: sql`now()` };
  const updated = await db
    .update(etlIncidents)
    .set({ ...seenAgain, message, batchId })
    .where(isSame)
    .returning({ incidentId: etlIncidents.incidentId });
  // A unique index lets only one of two at once open it.
  if (updated.length === 0) await db.insert(etlIncidents).values(incident).onConflictDoNothing();
}
