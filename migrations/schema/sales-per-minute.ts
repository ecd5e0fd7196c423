import { bigint, pgTable, primaryKey } from 'drizzle-orm/pg-core';

import { code, instant, moneySum } from './column-types.ts';

/** Sales by minute of the event, category, currency and country ('' when the message names none). Dashboards read this. */
export const salesPerMinute = pgTable(
  'sales_per_minute',
  {
    minute: instant('minute').notNull(),
    productCategory: code('product_category').notNull(),
    currency: code('currency').notNull(),
    country: code('country').notNull(),
    transactionCount: bigint('transaction_count', { mode: 'number' }).notNull(),
    flaggedCount: bigint('flagged_count', { mode: 'number' }).notNull(),
    amountSum: moneySum('amount_sum').notNull(),
    taxSum: moneySum('tax_sum').notNull(),
    totalSum: moneySum('total_sum').notNull(),
    amountBaseSum: moneySum('amount_base_sum').notNull(),
    taxBaseSum: moneySum('tax_base_sum').notNull(),
  },
  (table) => [primaryKey({ columns: [table.minute, table.productCategory, table.currency, table.country] })],
);
