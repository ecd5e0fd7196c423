import { etlBatchRanges, sourcePositions, warehouseState } from '@pulse/migrations/schema';
import { and, asc, eq, lt, max, sql } from 'drizzle-orm';

import type { Position, PlannedRange } from '../batch/plan-ranges.ts';
import type { Queryable } from './connection.ts';

export type StoredPosition = typeof sourcePositions.$inferSelect;

/** The stored positions of a topic, by partition. */
export async function readPositions(db: Queryable, topic: string): Promise<StoredPosition[]> {
  return db
    .select()
    .from(sourcePositions)
    .where(eq(sourcePositions.topic, topic))
    .orderBy(asc(sourcePositions.partition));
}

/**
 * Where partitions begin that have no position yet. Those of a topic that is new to the warehouse begin at the start of their
 * log. One that joins a known topic begins at 0: what retention has deleted of it since was never read, and stops the batch. One
 * that was read before and given up begins a new epoch at the start of its log, for its offsets may begin again. Nothing is
 * written: a plan that fails leaves no position behind.
 */
export async function beginPositions(
  db: Queryable,
  topic: string,
  starts: readonly { readonly partition: number; readonly lowOffset: bigint }[],
  isTopicKnown: boolean,
): Promise<Position[]> {
  if (starts.length === 0) return [];
  const t = etlBatchRanges;
  const used = await db
    .select({ partition: t.partition, epoch: max(t.epoch) })
    .from(t)
    .where(and(eq(t.topic, topic), t.isLoaded, lt(t.fromOffset, t.nextOffset)))
    .groupBy(t.partition);
  const epochs = new Map(used.map(({ partition, epoch }) => [partition, (epoch ?? -1) + 1]));
  return starts.map(({ partition, lowOffset }) => {
    const epoch = epochs.get(partition);
    const nextOffset = isTopicKnown && epoch === undefined ? 0n : lowOffset;
    return { partition, epoch: epoch ?? 0, nextOffset };
  });
}

/** Writes the first positions of partitions. Those that are there stay. */
export async function insertPositions(db: Queryable, topic: string, positions: readonly Position[]): Promise<void> {
  if (positions.length === 0) return;
  await db
    .insert(sourcePositions)
    .values(positions.map((position) => ({ topic, ...position })))
    .onConflictDoNothing();
}

/** The version of transactions, profiles and positions as the transaction sees it, and the currency of their base amounts. */
export async function readState(
  db: Queryable,
): Promise<{ readonly stateVersion: bigint; readonly baseCurrency: string }> {
  const [state] = await db.select().from(warehouseState);
  return requireState(state);
}

/**
 * Locks transactions, profiles and positions against every other writer until the transaction ends.
 * @returns the version they have now.
 */
export async function lockState(db: Queryable, lockTimeoutMs: number): Promise<bigint> {
  await db.execute(sql`select set_config('lock_timeout', ${String(Math.round(lockTimeoutMs))}, true)`);
  const [state] = await db.select().from(warehouseState).for('update');
  return requireState(state).stateVersion;
}

/** Notes that transactions, profiles or positions have changed; the caller holds the lock. */
export async function bumpStateVersion(db: Queryable): Promise<void> {
  await db.update(warehouseState).set({ stateVersion: sql`${warehouseState.stateVersion} + 1` });
}

function requireState(state: typeof warehouseState.$inferSelect | undefined): typeof warehouseState.$inferSelect {
  if (state === undefined) throw new Error('warehouse_state is empty: run the migrations (make db-migrate)');
  return state;
}

/** True while every position still stands where the batch begins: nothing else has loaded its records. */
export async function positionsStandAt(
  db: Queryable,
  topic: string,
  ranges: readonly PlannedRange[],
): Promise<boolean> {
  const positions = await db.select().from(sourcePositions).where(eq(sourcePositions.topic, topic));
  return ranges.every(({ partition, epoch, fromOffset }) =>
    positions.some(
      (position) => position.partition === partition && position.epoch === epoch && position.nextOffset === fromOffset,
    ),
  );
}
