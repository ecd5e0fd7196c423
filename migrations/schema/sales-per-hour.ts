import { pgTable, primaryKey } from 'drizzle-orm/pg-core';

import { instant } from './column-types.ts';
import { dimensionColumns, dimensionsOf, sumColumns } from './sales-columns.ts';

/** The sums of sales_per_minute by UTC hour, for stretches of days: a sixtieth of the rows. */
export const salesPerHour = pgTable(
  'sales_per_hour',
  { hour: instant('hour').notNull(), ...dimensionColumns(), ...sumColumns() },
  (table) => [primaryKey({ columns: [table.hour, ...dimensionsOf(table)] })],
);
