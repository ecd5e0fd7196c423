import { sql } from 'drizzle-orm';
import { check, date, foreignKey, integer, numeric, pgTable, primaryKey } from 'drizzle-orm/pg-core';

import { code, money } from './column-types.ts';
import { etlReprocesses } from './etl-reprocesses.ts';

/** What a transaction's figures were before and after a reprocess. Rows are only ever added. */
export const transactionRevisions = pgTable(
  'transaction_revisions',
  {
    orderId: code('order_id').notNull(),
    revision: integer('revision').notNull(),
    reprocessId: code('reprocess_id').notNull(),
    taxRateBefore: numeric('tax_rate_before', { precision: 9, scale: 6 }).notNull(),
    taxRateAfter: numeric('tax_rate_after', { precision: 9, scale: 6 }).notNull(),
    taxJurisdictionBefore: code('tax_jurisdiction_before').notNull(),
    taxJurisdictionAfter: code('tax_jurisdiction_after').notNull(),
    taxAmountBefore: money('tax_amount_before').notNull(),
    taxAmountAfter: money('tax_amount_after').notNull(),
    totalAmountBefore: money('total_amount_before').notNull(),
    totalAmountAfter: money('total_amount_after').notNull(),
    exchangeRateBefore: numeric('exchange_rate_before', { precision: 24, scale: 12 }).notNull(),
    exchangeRateAfter: numeric('exchange_rate_after', { precision: 24, scale: 12 }).notNull(),
    exchangeCrossRateBefore: numeric('exchange_cross_rate_before', { precision: 24, scale: 12 }),
    exchangeCrossRateAfter: numeric('exchange_cross_rate_after', { precision: 24, scale: 12 }),
    exchangeRateDateBefore: date('exchange_rate_date_before').notNull(),
    exchangeRateDateAfter: date('exchange_rate_date_after').notNull(),
    amountBaseBefore: money('amount_base_before').notNull(),
    amountBaseAfter: money('amount_base_after').notNull(),
    taxAmountBaseBefore: money('tax_amount_base_before').notNull(),
    taxAmountBaseAfter: money('tax_amount_base_after').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orderId, table.revision] }),
    foreignKey({
      name: 'transaction_revisions_reprocess_id_fk',
      columns: [table.reprocessId],
      foreignColumns: [etlReprocesses.reprocessId],
    }),
    check('transaction_revisions_revision_check', sql`revision > 0`),
  ],
);
