import { etlIncidents } from '@pulse/migrations/schema';
import { and, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm';

import type { Decision } from '../batch/decide-position.ts';
import type { Queryable, Warehouse } from './connection.ts';
import { bumpStateVersion, lockState } from './positions.ts';
import type { OpenIncident } from './resume.ts';

/** The kinds of incidents that are about one record batch. Accepting its loss leaves the position where it is. */
const batchKinds: readonly string[] = ['unknown_codec', 'unreadable_batch'];

export function isAboutRecordBatch({ kind }: Pick<OpenIncident, 'kind'>): boolean {
  return batchKinds.includes(kind);
}

/** Whether somebody has accepted the loss of a record batch that can not be read. */
export async function isGivenUp(
  db: Queryable,
  topic: string,
  batch: {
    readonly partition: number;
    readonly epoch: number;
    readonly fromOffset: number;
    readonly nextOffset: number;
  },
): Promise<boolean> {
  const { partition, epoch, fromOffset, nextOffset } = batch;
  const range = { partition, epoch, fromOffset: String(fromOffset), nextOffset: String(nextOffset) };
  const accepted = await db
    .select({ incidentId: etlIncidents.incidentId })
    .from(etlIncidents)
    .where(
      and(
        inArray(etlIncidents.kind, [...batchKinds]),
        eq(etlIncidents.topic, topic),
        eq(etlIncidents.partition, partition),
        isNotNull(etlIncidents.resolvedAt),
        sql`${etlIncidents.details} -> 'ranges' @> ${JSON.stringify([range])}::jsonb`,
      ),
    )
    .limit(1);
  return accepted.length > 0;
}

/** Resolves incidents of record batches: from now on these are passed over, and count as holes. */
export async function giveUpBatches(
  warehouse: Warehouse,
  incidents: readonly OpenIncident[],
  { by, reason }: Decision,
  lockTimeoutMs: number,
): Promise<void> {
  await warehouse.db.transaction(async (tx) => {
    await lockState(tx, lockTimeoutMs);
    const ids = incidents.map(({ incidentId }) => incidentId);
    await tx
      .update(etlIncidents)
      .set({ resolvedAt: sql`now()`, resolvedBy: by, resolution: `its records are given up. ${reason}` })
      .where(and(inArray(etlIncidents.incidentId, ids), isNull(etlIncidents.resolvedAt)));
    await bumpStateVersion(tx);
  });
}
