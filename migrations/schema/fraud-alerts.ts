import { sql } from 'drizzle-orm';
import { check, index, jsonb, pgTable, smallint } from 'drizzle-orm/pg-core';

import { code, instant, money } from './column-types.ts';

/** Why one rule fired: what it saw and what it allows. */
export interface FraudReason {
  readonly rule: string;
  readonly version: number;
  readonly observed: string;
  readonly threshold: string;
  readonly weight: number;
}

/** One row for each flagged transaction, with each rule's observed value and threshold. */
export const fraudAlerts = pgTable(
  'fraud_alerts',
  {
    orderId: code('order_id').primaryKey(),
    transactionTimestamp: instant('transaction_timestamp').notNull(),
    raisedAt: instant('raised_at')
      .notNull()
      .default(sql`now()`),
    fraudScore: smallint('fraud_score').notNull(),
    decision: code('decision').$type<'review' | 'block'>().notNull(),
    amountBase: money('amount_base').notNull(),
    customerId: code('customer_id').notNull(),
    batchId: code('batch_id').notNull(),
    ruleSetVersion: code('rule_set_version').notNull(),
    reasons: jsonb('reasons').$type<readonly FraudReason[]>().notNull(),
  },
  (table) => [
    check('fraud_alerts_decision_check', sql`decision in ('review', 'block')`),
    index('fraud_alerts_transaction_timestamp_idx').on(table.transactionTimestamp),
    index('fraud_alerts_customer_id_idx').on(table.customerId, table.transactionTimestamp),
  ],
);
