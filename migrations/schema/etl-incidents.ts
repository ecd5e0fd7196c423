import { sql } from 'drizzle-orm';
import { bigint, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';

import { code, instant } from './column-types.ts';

/** What an incident is about beyond its columns: ranges and reasons of a halted batch, or what its acceptance changed. */
export interface IncidentDetails {
  /** The ranges that were halted: those of a reject-rate stop, which its acceptance lets pass. Offsets as text. */
  readonly ranges?: readonly {
    readonly partition: number;
    readonly epoch: number;
    readonly fromOffset: string;
    readonly nextOffset: string;
  }[];
  /** How many records were rejected, by reason code, most first. */
  readonly reasons?: readonly { readonly reason: string; readonly count: number }[];
  /** The cluster that a topic was read from, and the one that was accepted in its place. */
  readonly cluster?: {
    readonly before: string;
    readonly serversBefore: string;
    readonly after: string;
    readonly serversAfter: string;
  };
  /** What accepting a loss did to the partition's position. */
  readonly accepted?: {
    readonly action: 'skipped' | 'epoch_raised' | 'position_removed' | 'nothing_to_change';
    readonly epochBefore: number | null;
    readonly epochAfter: number | null;
    readonly positionBefore: string | null;
    readonly positionAfter: string | null;
  };
}

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
    details: jsonb('details').$type<IncidentDetails>(),
  },
  (table) => [
    uniqueIndex('etl_incidents_open_key')
      .on(table.kind, table.topic, sql`coalesce(partition, -1)`)
      .where(sql`resolved_at is null`),
    index('etl_incidents_opened_at_idx').on(table.openedAt),
  ],
);
