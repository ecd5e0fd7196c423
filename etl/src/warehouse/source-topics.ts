import { etlIncidents, sourceTopics } from '@pulse/migrations/schema';
import { and, desc, eq, isNull, sql } from 'drizzle-orm';

import type { Decision } from '../batch/decide-position.ts';
import type { Queryable, Warehouse } from './connection.ts';
import { bumpStateVersion, lockState } from './positions.ts';

/** Kind of the incident that another cluster opens. */
export const clusterChanged = 'cluster_changed';

export type SourceTopic = typeof sourceTopics.$inferSelect;

/** The cluster that a topic is known to be read from: its own, or else that of the topic recorded last; undefined for the first. */
export async function readSourceTopic(db: Queryable, topic: string): Promise<SourceTopic | undefined> {
  const [known] = await db
    .select()
    .from(sourceTopics)
    .orderBy(desc(eq(sourceTopics.topic, topic)), desc(sourceTopics.recordedAt))
    .limit(1);
  return known;
}

/** Remembers the cluster of a topic that is read for the first time. */
export async function insertSourceTopic(db: Queryable, source: Omit<SourceTopic, 'recordedAt'>): Promise<void> {
  await db.insert(sourceTopics).values(source).onConflictDoNothing();
}

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
