import { sql } from 'drizzle-orm';
import { check, index, jsonb, pgTable, primaryKey, smallint } from 'drizzle-orm/pg-core';

import { code, instant } from './column-types.ts';
import type { FraudReason } from './fraud-alerts.ts';

/** What a shadow rule set would have flagged. It changes nothing else; a sale without a row was clear to it. */
export const fraudShadowVerdicts = pgTable(
  'fraud_shadow_verdicts',
  {
    orderId: code('order_id').notNull(),
    ruleSetVersion: code('rule_set_version').notNull(),
    fraudScore: smallint('fraud_score').notNull(),
    decision: code('decision').$type<'review' | 'block'>().notNull(),
    reasons: jsonb('reasons').$type<readonly FraudReason[]>().notNull(),
    transactionTimestamp: instant('transaction_timestamp').notNull(),
    batchId: code('batch_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orderId, table.ruleSetVersion] }),
    check('fraud_shadow_verdicts_decision_check', sql`decision in ('review', 'block')`),
    index('fraud_shadow_verdicts_transaction_timestamp_idx').on(table.transactionTimestamp),
  ],
);
