import { bigint, date, numeric, pgTable, primaryKey } from 'drizzle-orm/pg-core';

import { code, moneySum } from './column-types.ts';

/**
 * What was taxed by which rate, by day of the tax: all that is needed to tell what unverified rates have charged, whatever
 * becomes of the rules later.
 */
export const taxPerDay = pgTable(
  'tax_per_day',
  {
    taxDate: date('tax_date').notNull(),
    country: code('country').notNull(),
    productCategory: code('product_category').notNull(),
    taxRate: numeric('tax_rate', { precision: 9, scale: 6 }).notNull(),
    transactionCount: bigint('transaction_count', { mode: 'number' }).notNull(),
    amountBaseSum: moneySum('amount_base_sum').notNull(),
    taxBaseSum: moneySum('tax_base_sum').notNull(),
  },
  (table) => [primaryKey({ columns: [table.taxDate, table.country, table.productCategory, table.taxRate] })],
);
