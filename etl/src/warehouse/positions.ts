import { sourcePositions, warehouseState } from '@pulse/migrations/schema';
import { asc, eq, sql } from 'drizzle-orm';

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
 * Gives partitions that have no position yet the start of their log. Whoever comes first sets it. One that was read before
 * and given up begins a new epoch, for its offsets may begin again.
 */
export async function insertMissingPositions(
  db: Queryable,
  topic: string,
  starts: readonly { readonly partition: number; readonly lowOffset: bigint }[],
): Promise<void> {
  if (starts.length === 0) return;
  await db
    .insert(sourcePositions)
    .values(
      starts.map(({ partition, lowOffset }) => ({
        topic,
        partition,
        nextOffset: lowOffset,
        epoch: sql`(
          select coalesce(max(epoch) + 1, 0)
          from etl_batch_ranges
          where topic = ${topic} and partition = ${partition} and is_loaded and from_offset < next_offset)`,
      })),
    )
    .onConflictDoNothing();
}

/** The version of facts, profiles and positions as the transaction sees it, and the currency of their base amounts. */
export async function readState(
  db: Queryable,
): Promise<{ readonly stateVersion: bigint; readonly baseCurrency: string }> {
  const [state] = await db.select().from(warehouseState);
  return requireState(state);
}

/**
 * Locks facts, profiles and positions against every other writer until the transaction ends.
 * @returns the version they have now.
 */
export async function lockState(db: Queryable, lockTimeoutMs: number): Promise<bigint> {
  await db.execute(sql`select set_config('lock_timeout', ${String(Math.round(lockTimeoutMs))}, true)`);
  const [state] = await db.select().from(warehouseState).for('update');
  return requireState(state).stateVersion;
}

/** Says that facts, profiles or positions have changed; the caller holds the lock. */
export async function bumpStateVersion(db: Queryable): Promise<void> {
  await db.update(warehouseState).set({ stateVersion: sql`${warehouseState.stateVersion} + 1` });
}

function requireState(state: typeof warehouseState.$inferSelect | undefined): typeof warehouseState.$inferSelect {
  if (state === undefined) throw new Error('warehouse_state is empty: run the migrations (make db-migrate)');
  return state;
}
