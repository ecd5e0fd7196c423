import { sql } from 'drizzle-orm';
import { bigint, boolean, check, date, integer, numeric, pgTable, text } from 'drizzle-orm/pg-core';

import { code, instant } from './column-types.ts';

/** How an amount between two steps is rounded: a half away from zero, or to the even neighbour. */
export const roundingModes = ['half_up', 'half_even'] as const;

/**
 * Tax rules as data. '*' stands for any region or category; the most specific row wins. A change is made of new rows,
 * recorded later; the row that it takes the place of points to one of them. An exclusion constraint (custom SQL) keeps
 * the validity of equal rules in force from overlapping, so that no two rules tie.
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
    roundingMode: code('rounding_mode').$type<(typeof roundingModes)[number]>().notNull().default('half_up'),
    roundingIncrementMinor: integer('rounding_increment_minor').notNull().default(1),
    validFrom: date('valid_from').notNull(),
    validTo: date('valid_to'),
    source: text('source').notNull(),
    isVerified: boolean('is_verified').notNull().default(false),
    verifiedBy: text('verified_by'),
    verifiedReason: text('verified_reason'),
    recordedAt: instant('recorded_at')
      .notNull()
      .default(sql`now()`),
    supersededBy: bigint('superseded_by', { mode: 'number' }),
  },
  () => [
    check('tax_rates_country_check', sql`country ~ '^[A-Z]{2}$'`),
    check('tax_rates_region_check', sql`region ~ '^([*]|[A-Z0-9]{1,3})$'`),
    check('tax_rates_product_category_check', sql`product_category <> ''`),
    check('tax_rates_rate_check', sql`rate >= 0 and rate < 1`),
    check('tax_rates_increment_check', sql`rounding_increment_minor > 0`),
    check('tax_rates_rounding_mode_check', sql`rounding_mode in ('half_up', 'half_even')`),
    check(
      'tax_rates_verified_check',
      sql`(verified_by is null) = (verified_reason is null) and (is_verified or verified_by is null)`,
    ),
    check('tax_rates_validity_check', sql`valid_to is null or valid_from < valid_to`),
  ],
);
