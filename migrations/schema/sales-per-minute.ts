import { pgTable, primaryKey } from 'drizzle-orm/pg-core';

import { instant } from './column-types.ts';
import { marketColumns, salesSums } from './sales-sums.ts';

/** Sales by minute of the event, category, currency and country. Dashboards read this. */
export const salesPerMinute = pgTable(
  'sales_per_minute',
  { minute: instant('minute').notNull(), ...marketColumns(), ...salesSums() },
  (table) => [primaryKey({ columns: [table.minute, table.productCategory, table.currency, table.country] })],
);
