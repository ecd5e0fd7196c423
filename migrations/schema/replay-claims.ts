import { sql } from 'drizzle-orm';
import { bigint, check, index, pgTable, primaryKey } from 'drizzle-orm/pg-core';

import { code } from './column-types.ts';
import { etlBatches } from './etl-batches.ts';
import { rejectedTransactions } from './rejected-transactions.ts';

/** What became of a claimed record. */
export const replayOutcomes = ['loaded', 'duplicate', 'rejected'] as const;
export type ReplayOutcome = (typeof replayOutcomes)[number];

/** The plan of a replay: the rejected records that it processes again, fixed before it begins. */
export const replayClaims = pgTable(
  'replay_claims',
  {
    batchId: code('batch_id')
      .notNull()
      .references(() => etlBatches.batchId),
    rejectedId: bigint('rejected_id', { mode: 'number' })
      .notNull()
      .references(() => rejectedTransactions.rejectedId),
    reasonCode: code('reason_code').notNull(),
    outcome: code('outcome').$type<ReplayOutcome>(),
  },
  (table) => [
    primaryKey({ columns: [table.batchId, table.rejectedId] }),
    check('replay_claims_outcome_check', sql`outcome in ('loaded', 'duplicate', 'rejected')`),
    index('replay_claims_rejected_id_idx').on(table.rejectedId),
  ],
);
