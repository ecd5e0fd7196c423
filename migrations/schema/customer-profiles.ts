import { sql } from 'drizzle-orm';
import { bigint, jsonb, numeric, pgTable } from 'drizzle-orm/pg-core';

import { code, instant, moneySum } from './column-types.ts';

/** A sale in the window: milliseconds since 1970, amount and base amount in minor units, currency, country or ''. */
export type RecentSale = readonly [
  timeMs: number,
  amount: number,
  amountBase: number,
  currency: string,
  country: string,
];

/** What is known of a customer before the next batch: the state that fraud rules use. Duplicates never count. */
export const customerProfiles = pgTable('customer_profiles', {
  customerId: code('customer_id').primaryKey(),
  transactionCount: bigint('transaction_count', { mode: 'number' }).notNull(),
  amountBaseSum: moneySum('amount_base_sum').notNull(),
  amountBaseSumOfSquares: numeric('amount_base_sum_of_squares', { precision: 56, scale: 8 }).notNull(),
  firstTransactionAt: instant('first_transaction_at').notNull(),
  lastTransactionAt: instant('last_transaction_at').notNull(),
  lastCountry: code('last_country'),
  lastCurrency: code('last_currency').notNull(),
  recentSales: jsonb('recent_sales')
    .$type<readonly RecentSale[]>()
    .notNull()
    .default(sql`'[]'`),
});
