import { rejectedTransactions, replayClaims } from '@pulse/migrations/schema';
import { and, asc, count, desc, eq, max, min, sql } from 'drizzle-orm';

import type { Queryable } from '../warehouse/connection.ts';
import { matches, type RejectedFilter } from './rejected-filter-queries.ts';

const t = rejectedTransactions;

const listed = {
  rejectedId: t.rejectedId,
  rejectedAt: t.rejectedAt,
  status: t.status,
  reasonCode: t.reasonCode,
  stage: t.stage,
  topic: t.topic,
  partition: t.partition,
  offset: t.offset,
  orderId: t.orderId,
  batchId: t.batchId,
};

/** A rejected record in a list. */
export type ListedReject = Pick<typeof t.$inferSelect, keyof typeof listed>;

/** Rejected records, newest first. */
export async function listRejected(db: Queryable, filter: RejectedFilter, countMax: number): Promise<ListedReject[]> {
  return db.select(listed).from(t).where(matches(filter)).orderBy(desc(t.rejectedId)).limit(countMax);
}

/** How many there are of each reason and status. */
export interface RejectCount {
  readonly reasonCode: string;
  readonly status: string;
  readonly count: number;
  readonly firstAt: Date | null;
  readonly lastAt: Date | null;
}

/** Counts by reason and status, the most frequent first. */
export async function countRejected(db: Queryable, filter: RejectedFilter): Promise<RejectCount[]> {
  return db
    .select({
      reasonCode: t.reasonCode,
      status: t.status,
      count: count(),
      firstAt: min(t.rejectedAt),
      lastAt: max(t.rejectedAt),
    })
    .from(t)
    .where(matches(filter))
    .groupBy(t.reasonCode, t.status)
    .orderBy(desc(count()), asc(t.reasonCode));
}

/** A rejected record with its bytes, its findings and the replays that tried it. */
export interface RejectDetail {
  readonly record: typeof t.$inferSelect;
  readonly replays: readonly (typeof replayClaims.$inferSelect)[];
}

export async function findRejected(db: Queryable, rejectedId: number): Promise<RejectDetail | undefined> {
  const [record] = await db.select().from(t).where(eq(t.rejectedId, rejectedId));
  if (record === undefined) return undefined;
  const replays = await db.select().from(replayClaims).where(eq(replayClaims.rejectedId, rejectedId));
  return { record, replays };
}

/** Gives open records up, on purpose. @returns how many. */
export async function discardRejected(
  db: Queryable,
  filter: RejectedFilter,
  { operator, reason, countMax }: { readonly operator: string; readonly reason: string; readonly countMax: number },
): Promise<number> {
  const chosen = db
    .select({ rejectedId: t.rejectedId })
    .from(t)
    .where(matches({ ...filter, status: 'open' }))
    .orderBy(asc(t.rejectedId))
    .limit(countMax)
    .for('update');
  const { rowCount } = await db
    .update(t)
    .set({ status: 'discarded', statusChangedAt: sql`now()`, statusChangedBy: operator, statusReason: reason })
    .where(and(eq(t.status, 'open'), sql`${t.rejectedId} in (${chosen})`));
  return rowCount ?? 0;
}
