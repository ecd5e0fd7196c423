import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, integer, pgTable, primaryKey } from 'drizzle-orm/pg-core';

import { code, instant } from './column-types.ts';
import { etlBatches } from './etl-batches.ts';

/**
 * The offsets of one partition that a batch reads: from_offset is the first, next_offset the one after the last.
 * An exclusion constraint (custom SQL) keeps loaded ranges of a partition from overlapping.
 */
export const etlBatchRanges = pgTable(
  'etl_batch_ranges',
  {
    batchId: code('batch_id')
      .notNull()
      .references(() => etlBatches.batchId),
    topic: code('topic').notNull(),
    epoch: integer('epoch').notNull(),
    partition: integer('partition').notNull(),
    fromOffset: bigint('from_offset', { mode: 'bigint' }).notNull(),
    nextOffset: bigint('next_offset', { mode: 'bigint' }).notNull(),
    endOffset: bigint('end_offset', { mode: 'bigint' }).notNull(),
    highWatermark: bigint('high_watermark', { mode: 'bigint' }),
    heldSince: instant('held_since'),
    readCount: bigint('read_count', { mode: 'number' }),
    holeCount: bigint('hole_count', { mode: 'number' }),
    compactedCount: bigint('compacted_count', { mode: 'number' }),
    loadedCount: bigint('loaded_count', { mode: 'number' }),
    duplicateCount: bigint('duplicate_count', { mode: 'number' }),
    rejectedCount: bigint('rejected_count', { mode: 'number' }),
    isLoaded: boolean('is_loaded').notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.batchId, table.topic, table.partition] }),
    check('etl_batch_ranges_order_check', sql`from_offset <= next_offset and next_offset <= end_offset`),
    check(
      'etl_batch_ranges_count_check',
      sql`not is_loaded or coalesce(read_count + hole_count = next_offset - from_offset, false)`,
    ),
    check('etl_batch_ranges_held_check', sql`held_since is null or coalesce(high_watermark > end_offset, false)`),
    check('etl_batch_ranges_compacted_check', sql`compacted_count >= 0 and compacted_count <= hole_count`),
    // Ranges of earlier releases have no counts of their own.
    check('etl_batch_ranges_balance_check', sql`read_count = loaded_count + duplicate_count + rejected_count`),
    index('etl_batch_ranges_partition_idx').on(table.topic, table.partition, table.epoch, table.fromOffset),
  ],
);
