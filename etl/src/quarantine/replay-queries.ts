import { rejectedTransactions } from '@pulse/migrations/schema';
import { and, asc, desc, sql } from 'drizzle-orm';

import { insertBatch, nothingRead, type NewBatch } from '../warehouse/batch-ledger.ts';
import type { Queryable, Warehouse } from '../warehouse/connection.ts';
import { matches, type RejectedFilter } from './rejected-filter-queries.ts';
import { claimedBy } from '../warehouse/replay-claims.ts';

/** A position in the order in which replays take rejected records: one topic and epoch after the other, each by id. */
export interface ReplayPosition {
  readonly topic: string;
  readonly epoch: number;
  readonly rejectedId: number;
}

/** The last record that a replay has claimed: where the next one of the same command goes on. */
export async function lastClaim(db: Queryable, batchId: string): Promise<ReplayPosition | undefined> {
  const t = rejectedTransactions;
  const [last] = await db
    .select({ topic: t.topic, epoch: t.epoch, rejectedId: t.rejectedId })
    .from(t)
    .where(claimedBy(db, batchId))
    .orderBy(desc(t.rejectedId))
    .limit(1);
  return last;
}

/** The records that one replay takes, all of one topic and epoch. */
export interface SelectedClaims {
  readonly topic: string;
  readonly rejectedIds: readonly number[];
  readonly last: ReplayPosition;
}

/**
 * The next open records that one replay takes, at most `countMax`, up to where another topic or epoch begins; undefined when
 * none are left.
 */
export async function selectClaims(
  db: Queryable,
  filter: RejectedFilter,
  after: ReplayPosition | undefined,
  countMax: number,
): Promise<SelectedClaims | undefined> {
  const t = rejectedTransactions;
  const behind =
    after === undefined
      ? undefined
      : sql`(${t.topic}, ${t.epoch}, ${t.rejectedId}) > (${after.topic}, ${after.epoch}, ${after.rejectedId})`;
  const rows = await db
    .select({ topic: t.topic, epoch: t.epoch, rejectedId: t.rejectedId })
    .from(t)
    .where(and(matches({ ...filter, status: 'open' }), behind))
    .orderBy(asc(t.topic), asc(t.epoch), asc(t.rejectedId))
    .limit(countMax);
  const [first] = rows;
  if (first === undefined) return undefined;
  const taken = rows.filter(({ topic, epoch }) => topic === first.topic && epoch === first.epoch);
  return {
    topic: first.topic,
    rejectedIds: taken.map(({ rejectedId }) => rejectedId),
    last: taken.at(-1) ?? first,
  };
}

/** Writes the plan of a replay, once: see `insertBatch`. */
export async function insertReplay({ db }: Warehouse, batch: NewBatch, rejectedIds: readonly number[]): Promise<void> {
  await db.transaction(async (tx) => {
    const isEmpty = rejectedIds.length === 0;
    const isNew = await insertBatch(tx, batch, isEmpty ? nothingRead : undefined);
    if (!isNew || isEmpty) return;
    await tx.execute(sql`
      insert into replay_claims (batch_id, rejected_id, reason_code)
      select ${batch.batchId}, rejected_id, reason_code
      from rejected_transactions
      where rejected_id = any(${sql.param([...rejectedIds])}::bigint[])`);
  });
}
