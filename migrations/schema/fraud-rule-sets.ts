import { sql } from 'drizzle-orm';
import { check, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';

import { code, instant } from './column-types.ts';

/** live decides; shadow evaluates too and only records; stored does neither. */
export const ruleSetStatuses = ['live', 'shadow', 'stored'] as const;
export type RuleSetStatus = (typeof ruleSetStatuses)[number];

/** Fraud rule sets as data. The definition of a version never changes, so the rules of a batch stay known. */
export const fraudRuleSets = pgTable(
  'fraud_rule_sets',
  {
    ruleSetVersion: code('rule_set_version').primaryKey(),
    status: code('status').$type<RuleSetStatus>().notNull(),
    definition: jsonb('definition').$type<unknown>().notNull(),
    source: text('source').notNull(),
    recordedAt: instant('recorded_at')
      .notNull()
      .default(sql`now()`),
    statusChangedAt: instant('status_changed_at')
      .notNull()
      .default(sql`now()`),
  },
  (table) => [
    check('fraud_rule_sets_status_check', sql`status in ('live', 'shadow', 'stored')`),
    uniqueIndex('fraud_rule_sets_status_idx')
      .on(table.status)
      .where(sql`status <> 'stored'`),
  ],
);
