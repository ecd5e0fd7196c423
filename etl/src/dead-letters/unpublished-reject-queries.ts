import { rejectedTransactions } from '@pulse/migrations/schema';
import { and, asc, gt, inArray, isNull, sql } from 'drizzle-orm';

import type { Queryable, Warehouse } from '../warehouse/connection.ts';

const t = rejectedTransactions;

export type UnpublishedReject = typeof t.$inferSelect;

/** Whether a rejected record waits to be published. */
export async function hasUnpublished(db: Queryable): Promise<boolean> {
  const rows = await db.select({ rejectedId: t.rejectedId }).from(t).where(isNull(t.publishedAt)).limit(1);
  return rows.length > 0;
}

/** The next ones, oldest first. */
export async function readUnpublished(db: Queryable, afterId: number, countMax: number): Promise<UnpublishedReject[]> {
  return db
    .select()
    .from(t)
    .where(and(isNull(t.publishedAt), gt(t.rejectedId, afterId)))
    .orderBy(asc(t.rejectedId))
    .limit(countMax);
}

export async function markPublished(db: Queryable, rejectedIds: readonly number[]): Promise<void> {
  await db
    .update(t)
    .set({ publishedAt: sql`now()` })
    .where(and(inArray(t.rejectedId, [...rejectedIds]), isNull(t.publishedAt)));
}

/** Any number that no other advisory lock of this database has. */
const publisherLock = 4_071_122;

/** Runs `work` unless another session publishes at this moment. @returns undefined when one does. */
export async function asOnlyPublisher<Result>(
  { db }: Warehouse,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  const { rows } = await db.execute<{ locked: boolean }>(sql`select pg_try_advisory_lock(${publisherLock}) as locked`);
  if (rows[0]?.locked !== true) return undefined;
  try {
    return await work();
  } finally {
    await db.execute(sql`select pg_advisory_unlock(${publisherLock})`);
  }
}
