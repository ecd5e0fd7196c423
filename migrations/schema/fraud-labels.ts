import { sql } from 'drizzle-orm';
import { pgTable } from 'drizzle-orm/pg-core';

import { code, instant } from './column-types.ts';

/** The truth about fraud, as the topic fraud-labels tells it. Rules never read it: it is what they are measured by. */
export const fraudLabels = pgTable('fraud_labels', {
  orderId: code('order_id').primaryKey(),
  pattern: code('pattern').notNull(),
  recordedAt: instant('recorded_at')
    .notNull()
    .default(sql`now()`),
});
