import { sql } from 'drizzle-orm';
import { bigint, boolean, check, date, integer, numeric, pgTable, text } from 'drizzle-orm/pg-core';

import { code, instant } from './column-types.ts';

/**
 * Tax rules as data. '*' stands for any region or category; the most specific row wins.
 * An exclusion constraint (custom SQL) keeps the validity of equal rules from overlapping.
 */
export const taxRates = pgTable(
  'tax_rates',
  {
    taxRateId: bigint('tax_rate_id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    country: code('country').notNull(),
    region: code('region').notNull().default('*'),
    productCategory: code('product_category').notNull().default('*'),
    rate: numeric('rate', { precision: 9, scale: 6 }).notNull(),
    isInclusive: boolean('is_inclusive').notNull().default(false),
    roundingMode: code('rounding_mode').$type<'half_up' | 'half_even'>().notNull().default('half_up'),
    roundingIncrementMinor: integer('rounding_increment_minor').notNull().default(1),
    validFrom: date('valid_from').notNull(),
    validTo: date('valid_to'),
    source: text('source').notNull(),
    recordedAt: instant('recorded_at')
      .notNull()
      .default(sql`now()`),
  },
  () => [
    check('tax_rates_rate_check', sql`rate >= 0 and rate < 1`),
    check('tax_rates_increment_check', sql`rounding_increment_minor > 0`),
    check('tax_rates_validity_check', sql`valid_to is null or valid_from < valid_to`),
  ],
);
