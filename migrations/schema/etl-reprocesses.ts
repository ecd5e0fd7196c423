import { sql } from 'drizzle-orm';
import { bigint, check, index, jsonb, pgTable, text } from 'drizzle-orm/pg-core';

import { code, instant } from './column-types.ts';

/** What a reprocess changed in one currency. Amounts are decimal text in major units. */
export interface ReprocessDifference {
  readonly currency: string;
  readonly revisedCount: number;
  /** New tax less old tax, in major units of `currency`. */
  readonly taxDifference: string;
  /** New base amount less old base amount, in major units of the base currency. */
  readonly amountBaseDifference: string;
  /** New tax less old tax, in major units of the base currency. */
  readonly taxBaseDifference: string;
}

/** Each time tax and base amounts of loaded transactions were computed again and differed. */
export const etlReprocesses = pgTable(
  'etl_reprocesses',
  {
    reprocessId: code('reprocess_id').primaryKey(),
    fromAt: instant('from_at').notNull(),
    untilAt: instant('until_at').notNull(),
    ratesRecordedBy: instant('rates_recorded_by').notNull(),
    publishedAt: instant('published_at')
      .notNull()
      .default(sql`now()`),
    readCount: bigint('read_count', { mode: 'number' }).notNull(),
    revisedCount: bigint('revised_count', { mode: 'number' }).notNull(),
    unresolvedCount: bigint('unresolved_count', { mode: 'number' }).notNull(),
    differences: jsonb('differences').$type<readonly ReprocessDifference[]>().notNull(),
    codeVersion: text('code_version').notNull(),
  },
  (table) => [
    check('etl_reprocesses_window_check', sql`from_at < until_at`),
    check('etl_reprocesses_count_check', sql`revised_count > 0 and revised_count + unresolved_count <= read_count`),
    index('etl_reprocesses_published_at_idx').on(table.publishedAt),
  ],
);
