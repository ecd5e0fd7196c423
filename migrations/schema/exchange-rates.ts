import { sql } from 'drizzle-orm';
import { bigint, check, date, index, numeric, pgTable, text } from 'drizzle-orm/pg-core';

import { code, instant } from './column-types.ts';

/**
 * One unit of base is worth `rate` units of quote, from valid_from on. A correction is a new row recorded later; the
 * row that it corrects points to it. An exclusion constraint (custom SQL) keeps unsuperseded rows from overlapping.
 */
export const exchangeRates = pgTable(
  'exchange_rates',
  {
    exchangeRateId: bigint('exchange_rate_id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    base: code('base').notNull(),
    quote: code('quote').notNull(),
    rate: numeric('rate', { precision: 24, scale: 12 }).notNull(),
    validFrom: date('valid_from').notNull(),
    validTo: date('valid_to').notNull(),
    source: text('source').notNull(),
    recordedAt: instant('recorded_at')
      .notNull()
      .default(sql`now()`),
    supersededBy: bigint('superseded_by', { mode: 'number' }),
  },
  (table) => [
    check('exchange_rates_rate_check', sql`rate > 0`),
    check('exchange_rates_pair_check', sql`base <> quote`),
    check('exchange_rates_validity_check', sql`valid_from < valid_to`),
    index('exchange_rates_pair_idx').on(table.base, table.quote, table.validFrom),
  ],
);
