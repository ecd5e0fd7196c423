import { pgTable, primaryKey } from 'drizzle-orm/pg-core';

import { instant } from './column-types.ts';
import { dimensionColumns, dimensionsOf, sumColumns } from './sales-columns.ts';

/** Sales by minute of the event and all dimensions. Dashboards read this. */
export const salesPerMinute = pgTable(
  'sales_per_minute',
  { minute: instant('minute').notNull(), ...dimensionColumns(), ...sumColumns() },
  (table) => [primaryKey({ columns: [table.minute, ...dimensionsOf(table)] })],
);
