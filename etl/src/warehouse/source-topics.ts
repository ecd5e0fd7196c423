import { sourceTopics } from '@pulse/migrations/schema';
import { desc, eq } from 'drizzle-orm';

import type { Queryable } from './connection.ts';

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
