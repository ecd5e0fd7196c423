import { sql } from 'drizzle-orm';
import { bigint, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';

import { code, instant } from './column-types.ts';

/** Integrity stops: what did not fit, and who let the pipeline go on and why. At most one is open for each cause. */
export const etlIncidents = pgTable(
  'etl_incidents',
  {
    incidentId: bigint('incident_id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    kind: code('kind').notNull(),
    topic: code('topic').notNull(),
    partition: integer('partition'),
    fromOffset: bigint('from_offset', { mode: 'bigint' }),
    nextOffset: bigint('next_offset', { mode: 'bigint' }),
    lostCount: bigint('lost_count', { mode: 'number' }),
    batchId: code('batch_id'),
    message: text('message').notNull(),
    occurrenceCount: integer('occurrence_count').notNull().default(1),
    openedAt: instant('opened_at')
      .notNull()
      .default(sql`now()`),
    lastSeenAt: instant('last_seen_at')
      .notNull()
      .default(sql`now()`),
    resolvedAt: instant('resolved_at'),
    resolvedBy: text('resolved_by'),
    resolution: text('resolution'),
  },
  (table) => [
    uniqueIndex('etl_incidents_open_key')
      .on(table.kind, table.topic, sql`coalesce(partition, -1)`)
      .where(sql`resolved_at is null`),
    index('etl_incidents_opened_at_idx').on(table.openedAt),
  ],
);
