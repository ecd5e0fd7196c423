import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, pgTable, text } from 'drizzle-orm/pg-core';

import { code, instant } from './column-types.ts';

/** What started a batch. */
export const batchKinds = ['scheduled', 'manual', 'backfill', 'replay', 'reprocess', 'import'] as const;
export type BatchKind = (typeof batchKinds)[number];

/**
 * planned: its ranges are fixed. loaded: its rows and the positions after it are committed.
 * superseded: another batch loaded its records first, so it has no effect.
 */
export const batchStates = ['planned', 'loaded', 'superseded'] as const;
export type BatchState = (typeof batchStates)[number];

/**
 * The ledger: one row for each batch, from its plan to its end. All records of a batch come from one topic, so a transaction's
 * topic stands here once and not in each of its rows.
 */
export const etlBatches = pgTable(
  'etl_batches',
  {
    batchId: code('batch_id').primaryKey(),
    kind: code('kind').$type<BatchKind>().notNull(),
    topic: code('topic'),
    state: code('state').$type<BatchState>().notNull().default('planned'),
    plannedAt: instant('planned_at')
      .notNull()
      .default(sql`now()`),
    scheduleSeconds: integer('schedule_seconds').notNull().default(30),
    ruleSetVersion: code('rule_set_version').notNull(),
    shadowRuleSetVersion: code('shadow_rule_set_version'),
    loadedAt: instant('loaded_at'),
    readCount: bigint('read_count', { mode: 'number' }),
    loadedCount: bigint('loaded_count', { mode: 'number' }),
    duplicateCount: bigint('duplicate_count', { mode: 'number' }),
    rejectedCount: bigint('rejected_count', { mode: 'number' }),
    holeCount: bigint('hole_count', { mode: 'number' }),
    flaggedCount: bigint('flagged_count', { mode: 'number' }),
    otherKeyCount: bigint('other_key_count', { mode: 'number' }),
    noKeyCount: bigint('no_key_count', { mode: 'number' }),
    scatteredCustomerCount: bigint('scattered_customer_count', { mode: 'number' }),
    newestTransactionAt: instant('newest_transaction_at'),
    extractDurationMs: integer('extract_duration_ms'),
    validateDurationMs: integer('validate_duration_ms'),
    transformDurationMs: integer('transform_duration_ms'),
    loadDurationMs: integer('load_duration_ms'),
    attemptCount: integer('attempt_count').notNull().default(0),
    stagingFreeBytes: bigint('staging_free_bytes', { mode: 'number' }),
    airflowDagId: text('airflow_dag_id'),
    airflowRunId: text('airflow_run_id'),
    codeVersion: text('code_version').notNull(),
    errorCode: code('error_code'),
    errorMessage: text('error_message'),
    failedAt: instant('failed_at'),
  },
  (table) => [
    check('etl_batches_kind_check', sql`kind in ('scheduled', 'manual', 'backfill', 'replay', 'reprocess', 'import')`),
    check('etl_batches_state_check', sql`state in ('planned', 'loaded', 'superseded')`),
    check(
      'etl_batches_balance_check',
      sql`state <> 'loaded' or coalesce(read_count = loaded_count + duplicate_count + rejected_count, false)`,
    ),
    // Only batches without a record, planned by an earlier release, have none.
    check('etl_batches_topic_check', sql`topic is not null or coalesce(read_count, 0) = 0`),
    index('etl_batches_planned_at_idx').on(table.plannedAt),
    index('etl_batches_loaded_at_idx').on(table.loadedAt),
  ],
);
