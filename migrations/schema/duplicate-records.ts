import { sql } from 'drizzle-orm';
import { bigint, index, integer, pgTable } from 'drizzle-orm/pg-core';

import { code, instant } from './column-types.ts';

/** Records that repeat a transaction with the same content: where in Kafka they are. Kept for a time only. */
export const duplicateRecords = pgTable(
  'duplicate_records',
  {
    orderId: code('order_id').notNull(),
    topic: code('topic').notNull(),
    epoch: integer('epoch').notNull(),
    partition: integer('partition').notNull(),
    offset: bigint('offset', { mode: 'bigint' }).notNull(),
    kafkaTimestamp: instant('kafka_timestamp').notNull(),
    batchId: code('batch_id').notNull(),
    foundAt: instant('found_at')
      .notNull()
      .default(sql`now()`),
  },
  (table) => [
    index('duplicate_records_order_id_idx').on(table.orderId),
    index('duplicate_records_found_at_brin').using('brin', table.foundAt),
  ],
);
