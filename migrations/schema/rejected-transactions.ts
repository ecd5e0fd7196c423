import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, jsonb, pgTable, text, unique } from 'drizzle-orm/pg-core';

import { bytes, code, instant } from './column-types.ts';

/** One finding about one field of a rejected record. */
export interface FieldError {
  /** Path of the field, as `amount`; empty for the record as a whole. */
  readonly field: string;
  readonly reason: string;
  readonly message: string;
}

/** The quarantine: records that are no valid transaction, as they came, with every reason found. */
export const rejectedTransactions = pgTable(
  'rejected_transactions',
  {
    rejectedId: bigint('rejected_id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    batchId: code('batch_id').notNull(),
    topic: code('topic').notNull(),
    epoch: integer('epoch').notNull(),
    partition: integer('partition').notNull(),
    offset: bigint('offset', { mode: 'bigint' }).notNull(),
    kafkaTimestamp: instant('kafka_timestamp').notNull(),
    rawKey: bytes('raw_key'),
    rawValue: bytes('raw_value'),
    orderId: code('order_id'),
    stage: code('stage').notNull(),
    reasonCode: code('reason_code').notNull(),
    errors: jsonb('errors').$type<readonly FieldError[]>().notNull(),
    rejectedAt: instant('rejected_at')
      .notNull()
      .default(sql`now()`),
    status: code('status').$type<'open' | 'replayed' | 'discarded'>().notNull().default('open'),
    statusChangedAt: instant('status_changed_at'),
    statusBatchId: code('status_batch_id'),
    statusChangedBy: text('status_changed_by'),
    statusReason: text('status_reason'),
    publishedAt: instant('published_at'),
    rawRemovedAt: instant('raw_removed_at'),
  },
  (table) => [
    unique('rejected_transactions_coordinates_key').on(table.topic, table.epoch, table.partition, table.offset),
    check('rejected_transactions_stage_check', sql`stage in ('validate', 'transform', 'load')`),
    check('rejected_transactions_status_check', sql`status in ('open', 'replayed', 'discarded')`),
    index('rejected_transactions_rejected_at_idx').on(table.rejectedAt),
    index('rejected_transactions_unpublished_idx')
      .on(table.rejectedId)
      .where(sql`published_at is null`),
    index('rejected_transactions_order_id_idx').on(table.orderId),
    index('rejected_transactions_batch_id_idx').on(table.batchId),
  ],
);
