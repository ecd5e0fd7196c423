import { sql } from 'drizzle-orm';
import { pgTable, text } from 'drizzle-orm/pg-core';

import { code, instant } from './column-types.ts';

/** The Kafka cluster that each topic is read from: the same name on another cluster is another topic. */
export const sourceTopics = pgTable('source_topics', {
  topic: code('topic').primaryKey(),
  clusterId: code('cluster_id').notNull(),
  bootstrapServers: text('bootstrap_servers').notNull(),
  recordedAt: instant('recorded_at')
    .notNull()
    .default(sql`now()`),
});
