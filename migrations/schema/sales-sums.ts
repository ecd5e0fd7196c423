import { bigint } from 'drizzle-orm/pg-core';

import { code, moneySum } from './column-types.ts';

/** What sales are told apart by, beside time; country '' when the message names none. */
export const marketColumns = () => ({
  productCategory: code('product_category').notNull(),
  currency: code('currency').notNull(),
  country: code('country').notNull(),
});

/** What sales of one market and time add up to. */
export const salesSums = () => ({
  transactionCount: bigint('transaction_count', { mode: 'number' }).notNull(),
  flaggedCount: bigint('flagged_count', { mode: 'number' }).notNull(),
  amountSum: moneySum('amount_sum').notNull(),
  taxSum: moneySum('tax_sum').notNull(),
  totalSum: moneySum('total_sum').notNull(),
  amountBaseSum: moneySum('amount_base_sum').notNull(),
  taxBaseSum: moneySum('tax_base_sum').notNull(),
});
