import { bigint, date, index, pgTable, primaryKey } from 'drizzle-orm/pg-core';

import { code, instant, moneySum } from './column-types.ts';

/** One customer's sales of one UTC day, in the base currency: top customers, and one customer's story. */
export const customerDays = pgTable(
  'customer_days',
  {
    day: date('day').notNull(),
    customerId: code('customer_id').notNull(),
    transactionCount: bigint('transaction_count', { mode: 'number' }).notNull(),
    flaggedCount: bigint('flagged_count', { mode: 'number' }).notNull(),
    amountBaseSum: moneySum('amount_base_sum').notNull(),
    lastTransactionAt: instant('last_transaction_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.day, table.customerId] }),
    index('customer_days_customer_id_idx').on(table.customerId, table.day),
  ],
);
