import { sql } from 'drizzle-orm';
import { bigint, boolean, date, index, integer, numeric, pgTable, smallint, text } from 'drizzle-orm/pg-core';

import { bytes, code, instant, money } from './column-types.ts';

/** The facts: one row for each order. Indexed leanly on purpose, for the indexes decide how fast a batch loads. */
export const transactions = pgTable(
  'transactions',
  {
    orderId: code('order_id').primaryKey(),
    transactionTimestamp: instant('transaction_timestamp').notNull(),
    processedAt: instant('processed_at')
      .notNull()
      .default(sql`now()`),
    kafkaOffset: bigint('kafka_offset', { mode: 'bigint' }).notNull(),
    kafkaPartition: integer('kafka_partition').notNull(),
    kafkaEpoch: integer('kafka_epoch').notNull(),
    taxDate: date('tax_date').notNull(),
    exchangeRateDate: date('exchange_rate_date').notNull(),
    fraudScore: smallint('fraud_score').notNull(),
    isFraudFlagged: boolean('is_fraud_flagged').notNull(),
    amount: money('amount').notNull(),
    currency: code('currency').notNull(),
    taxAmount: money('tax_amount').notNull(),
    totalAmount: money('total_amount').notNull(),
    amountBase: money('amount_base').notNull(),
    taxAmountBase: money('tax_amount_base').notNull(),
    exchangeRate: numeric('exchange_rate', { precision: 24, scale: 12 }).notNull(),
    exchangeCrossRate: numeric('exchange_cross_rate', { precision: 24, scale: 12 }),
    taxRate: numeric('tax_rate', { precision: 9, scale: 6 }).notNull(),
    taxJurisdiction: code('tax_jurisdiction').notNull(),
    customerId: code('customer_id').notNull(),
    productCategory: code('product_category').notNull(),
    country: code('country'),
    batchId: code('batch_id').notNull(),
    fraudReasons: text('fraud_reasons').array().notNull(),
    contentHash: bytes('content_hash').notNull(),
    arrivedAt: instant('arrived_at'),
  },
  (table) => [
    index('transactions_transaction_timestamp_brin').using('brin', table.transactionTimestamp),
    index('transactions_processed_at_brin').using('brin', table.processedAt),
    index('transactions_flagged_idx')
      .on(table.transactionTimestamp)
      .where(sql`is_fraud_flagged`),
  ],
);
