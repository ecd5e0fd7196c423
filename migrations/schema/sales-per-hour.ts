import { pgTable, primaryKey } from 'drizzle-orm/pg-core';

import { instant } from './column-types.ts';
import { marketColumns, salesSums } from './sales-sums.ts';

/** The sums of sales_per_minute by UTC hour, for stretches of days: a sixtieth of the rows. */
export const salesPerHour = pgTable(
  'sales_per_hour',
  { hour: instant('hour').notNull(), ...marketColumns(), ...salesSums() },
  (table) => [primaryKey({ columns: [table.hour, table.productCategory, table.currency, table.country] })],
);
