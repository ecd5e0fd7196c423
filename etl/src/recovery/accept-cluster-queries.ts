import { etlIncidents, sourceTopics } from '@pulse/migrations/schema';
import { and, eq, isNull, sql } from 'drizzle-orm';

import type { Decision } from './decide-position.ts';
import type { Warehouse } from '../warehouse/connection.ts';
import { bumpStateVersion, lockState } from '../warehouse/positions.ts';
import { clusterChanged, type SourceTopic } from '../warehouse/source-topics.ts';

/** Puts a cluster in the place of the known one, on record: its incident is resolved, or made if there is none. */
export async function replaceSourceTopic(
  warehouse: Warehouse,
  known: SourceTopic,
  source: Omit<SourceTopic, 'recordedAt'>,
  { by, reason }: Decision,
  lockTimeoutMs: number,
): Promise<number[]> {
  return warehouse.db.transaction(async (tx) => {
    await lockState(tx, lockTimeoutMs);
    await tx
      .insert(sourceTopics)
      .values(source)
      .onConflictDoUpdate({ target: sourceTopics.topic, set: { ...source, recordedAt: sql`now()` } });
    const { topic } = source;
    const cluster = {
      before: known.clusterId,
      serversBefore: known.bootstrapServers,
      after: source.clusterId,
      serversAfter: source.bootstrapServers,
    };
    const message = `${topic} is read from cluster ${cluster.after} in place of ${cluster.before}`;
    await tx.insert(etlIncidents).values({ kind: clusterChanged, topic, message }).onConflictDoNothing();
    const resolved = await tx
      .update(etlIncidents)
      .set({ resolvedAt: sql`now()`, resolvedBy: by, resolution: `${message}. ${reason}`, details: { cluster } })
      .where(and(eq(etlIncidents.kind, clusterChanged), eq(etlIncidents.topic, topic), isNull(etlIncidents.resolvedAt)))
      .returning({ incidentId: etlIncidents.incidentId });
    await bumpStateVersion(tx);
    return resolved.map(({ incidentId }) => incidentId);
  });
}
