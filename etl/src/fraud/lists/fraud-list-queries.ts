import { fraudListEntries } from '@pulse/migrations/schema';
import { and, asc, eq, isNull, sql } from 'drizzle-orm';

import type { Warehouse } from '../../warehouse/connection.ts';
import { bumpStateVersion, lockState } from '../../warehouse/positions.ts';

export type NewEntry = Pick<typeof fraudListEntries.$inferInsert, 'list' | 'customerId' | 'validUntil' | 'reason'>;
export type StoredEntry = typeof fraudListEntries.$inferSelect;

/**
 * Puts a customer on a list, unless an entry stands that has not run out. Under the state's lock, so that a batch that was
 * made without it is made again.
 * @returns the new entry, or the one that stands.
 */
export async function insertEntry(
  { db }: Warehouse,
  entry: NewEntry,
  lockTimeoutMs: number,
): Promise<{ readonly isNew: boolean; readonly entry: StoredEntry }> {
  return db.transaction(async (tx) => {
    await lockState(tx, lockTimeoutMs);
    const [standing] = await tx
      .select()
      .from(fraudListEntries)
      .where(
        and(
          eq(fraudListEntries.customerId, entry.customerId),
          isNull(fraudListEntries.removedAt),
          sql`coalesce(${fraudListEntries.validUntil} > now(), true)`,
        ),
      );
    if (standing !== undefined) return { isNew: false, entry: standing };
    const [inserted] = await tx.insert(fraudListEntries).values(entry).returning();
    if (inserted === undefined) throw new Error('the entry was not stored');
    await bumpStateVersion(tx);
    return { isNew: true, entry: inserted };
  });
}

/** Ends an entry. @returns false where none of that number stands. */
export async function endEntry({ db }: Warehouse, entryId: number, lockTimeoutMs: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    await lockState(tx, lockTimeoutMs);
    const ended = await tx
      .update(fraudListEntries)
      .set({ removedAt: sql`now()` })
      .where(and(eq(fraudListEntries.entryId, entryId), isNull(fraudListEntries.removedAt)))
      .returning({ entryId: fraudListEntries.entryId });
    if (ended.length > 0) await bumpStateVersion(tx);
    return ended.length > 0;
  });
}

/** The entries that nobody has removed, oldest first. */
export async function standingEntries({ db }: Warehouse): Promise<StoredEntry[]> {
  return db
    .select()
    .from(fraudListEntries)
    .where(isNull(fraudListEntries.removedAt))
    .orderBy(asc(fraudListEntries.entryId));
}
