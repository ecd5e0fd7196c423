import { etlIncidents } from '@pulse/migrations/schema';
import { and, desc, eq, isNotNull, isNull, sql } from 'drizzle-orm';

import type { AcceptedRange } from '../batch/plan-ranges.ts';
import type { IncidentFacts, ReportedIncident } from '../failures/errors.ts';
import type { Queryable } from './connection.ts';

/** Opens an incident, or counts it once more where the same one is open, with what is known of it now. */
export async function reportIncident(
  db: Queryable,
  incident: IncidentFacts,
  batchId: string | null,
): Promise<ReportedIncident> {
  const { incidentId } = etlIncidents;
  const isSame = and(
    eq(etlIncidents.kind, incident.kind),
    eq(etlIncidents.topic, incident.topic),
    sql`${etlIncidents.partition} is not distinct from ${incident.partition}`,
    isNull(etlIncidents.resolvedAt),
  );
  // A unique index lets only one of two at once open it.
  const [opened] = await db
    .insert(etlIncidents)
    .values({ ...incident, batchId })
    .onConflictDoNothing()
    .returning({ incidentId });
  if (opened !== undefined) return { incidentId: opened.incidentId, isNew: true };
  const { message, fromOffset = null, nextOffset = null, lostCount = null, details = null } = incident;
  const [seen] = await db
    .update(etlIncidents)
    .set({
      occurrenceCount: sql`${etlIncidents.occurrenceCount} + 1`,
      lastSeenAt: sql`now()`,
      message,
      fromOffset,
      nextOffset,
      lostCount,
      details,
      batchId,
    })
    .where(isSame)
    .returning({ incidentId });
  // Resolved in between: the next try opens it again.
  return { incidentId: seen?.incidentId ?? 0, isNew: false };
}

const acceptancesLookedAt = 20;

/** Ranges whose rejects were accepted, newest acceptance first. */
export async function acceptedRejectRanges(db: Queryable, topic: string): Promise<AcceptedRange[]> {
  const accepted = await db
    .select({ details: etlIncidents.details })
    .from(etlIncidents)
    .where(
      and(
        eq(etlIncidents.kind, 'reject_rate_exceeded'),
        eq(etlIncidents.topic, topic),
        isNotNull(etlIncidents.resolvedAt),
      ),
    )
    .orderBy(desc(etlIncidents.resolvedAt))
    .limit(acceptancesLookedAt);
  return accepted.flatMap(({ details }) =>
    (details?.ranges ?? []).map(({ partition, epoch, fromOffset, nextOffset }) => ({
      partition,
      epoch,
      fromOffset: BigInt(fromOffset),
      nextOffset: BigInt(nextOffset),
    })),
  );
}
