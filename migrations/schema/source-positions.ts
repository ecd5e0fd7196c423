import { sql } from 'drizzle-orm';
import { bigint, check, integer, pgTable, primaryKey } from 'drizzle-orm/pg-core';

import { bytes, code, instant } from './column-types.ts';

/**
 * Where the next batch begins, for each partition. The truth: Kafka's group offset is only a copy of it.
 * The anchor names the last loaded record, so that a topic that was deleted and made again is noticed.
 */
export const sourcePositions = pgTable(
  'source_positions',
  {
    topic: code('topic').notNull(),
    partition: integer('partition').notNull(),
    epoch: integer('epoch').notNull().default(0),
    nextOffset: bigint('next_offset', { mode: 'bigint' }).notNull(),
    anchorOffset: bigint('anchor_offset', { mode: 'bigint' }),
    anchorTimestamp: instant('anchor_timestamp'),
    anchorKeyHash: bytes('anchor_key_hash'),
    batchId: code('batch_id'),
    updatedAt: instant('updated_at')
      .notNull()
      .default(sql`now()`),
  },
  (table) => [
    primaryKey({ columns: [table.topic, table.partition] }),
    check('source_positions_next_offset_check', sql`next_offset >= 0`),
  ],
);
