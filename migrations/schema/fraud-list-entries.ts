import { sql } from 'drizzle-orm';
import { bigint, check, index, pgTable, text } from 'drizzle-orm/pg-core';

import { code, instant } from './column-types.ts';

/** Customers who are trusted or refused whatever the other rules see. Entries are ended, never deleted. */
export const fraudListEntries = pgTable(
  'fraud_list_entries',
  {
    entryId: bigint('entry_id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    list: code('list').$type<'allow' | 'block'>().notNull(),
    customerId: code('customer_id').notNull(),
    validUntil: instant('valid_until'),
    reason: text('reason').notNull().default(''),
    recordedAt: instant('recorded_at')
      .notNull()
      .default(sql`now()`),
    removedAt: instant('removed_at'),
  },
  (table) => [
    check('fraud_list_entries_list_check', sql`list in ('allow', 'block')`),
    index('fraud_list_entries_customer_id_idx').on(table.customerId),
  ],
);
