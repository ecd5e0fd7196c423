import { sql } from 'drizzle-orm';
import { bigint, boolean, check, pgTable } from 'drizzle-orm/pg-core';

/**
 * One row. Whoever changes facts, profiles or positions locks it and raises state_version, so that what a transform
 * read beforehand is known to hold still when its rows are loaded.
 */
export const warehouseState = pgTable(
  'warehouse_state',
  {
    isOnly: boolean('is_only').primaryKey().default(true),
    stateVersion: bigint('state_version', { mode: 'bigint' })
      .notNull()
      .default(sql`0`),
  },
  () => [check('warehouse_state_is_only_check', sql`is_only`)],
);
