import { sql } from 'drizzle-orm';
import { bigint, boolean, check, date, integer, pgTable, text } from 'drizzle-orm/pg-core';

import { code } from './column-types.ts';

/** What a stack and its data are for. */
export const environments = ['development', 'production'] as const;
export type Environment = (typeof environments)[number];

/**
 * One row. Every change of facts, profiles or positions locks it and raises state_version, so that what a transform
 * read beforehand is known to hold still when its rows are loaded. Triggers (custom SQL) keep sample rates out of a
 * warehouse whose environment is production.
 */
export const warehouseState = pgTable(
  'warehouse_state',
  {
    isOnly: boolean('is_only').primaryKey().default(true),
    stateVersion: bigint('state_version', { mode: 'bigint' })
      .notNull()
      .default(sql`0`),
    baseCurrency: code('base_currency').notNull().default('USD'),
    sampleRatesUntil: date('sample_rates_until'),
    scheduleSeconds: integer('schedule_seconds').notNull().default(30),
    environment: text('environment', { enum: environments }),
    release: text('release'),
    lastMigration: text('last_migration'),
  },
  () => [
    check('warehouse_state_is_only_check', sql`is_only`),
    check('warehouse_state_base_currency_check', sql`base_currency ~ '^[A-Z]{3}$'`),
    check('warehouse_state_schedule_check', sql`schedule_seconds between 1 and 86400`),
    check('warehouse_state_environment_check', sql`environment in ('development', 'production')`),
    check(
      'warehouse_state_sample_rates_check',
      sql`environment is distinct from 'production' or sample_rates_until is null`,
    ),
  ],
);
