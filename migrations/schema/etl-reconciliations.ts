import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';

import { instant } from './column-types.ts';

/** One place where two things that must be equal are not. */
export interface ReconciliationDifference {
  /** Which rule does not hold, as a stable code: `range_gap`. */
  readonly check: string;
  /** Where: `partition 2`, `batch manual-…`, `sales_per_minute 2026-11-22 10:15 …`. */
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
  readonly message: string;
}

/** One row for each reconciliation: what it looked at, and each difference that it found. */
export const etlReconciliations = pgTable(
  'etl_reconciliations',
  {
    reconciliationId: bigint('reconciliation_id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    startedAt: instant('started_at').notNull(),
    finishedAt: instant('finished_at').notNull(),
    isDeep: boolean('is_deep').notNull(),
    since: instant('since'),
    checkedBatchCount: integer('checked_batch_count').notNull(),
    checkedTransactionCount: bigint('checked_transaction_count', { mode: 'number' }).notNull(),
    differenceCount: integer('difference_count').notNull(),
    differences: jsonb('differences').$type<readonly ReconciliationDifference[]>().notNull(),
    codeVersion: text('code_version').notNull(),
  },
  (table) => [
    check('etl_reconciliations_time_check', sql`started_at <= finished_at`),
    check('etl_reconciliations_difference_count_check', sql`difference_count >= jsonb_array_length(differences)`),
    index('etl_reconciliations_finished_at_idx').on(table.finishedAt),
  ],
);
