import { etlReprocesses } from '@pulse/migrations/schema';
import { sql } from 'drizzle-orm';

import type { Queryable } from '../warehouse/connection.ts';
import { changedFigureNames, figureNames, readDifferences } from './change-queries.ts';
import { correctProfiles } from './correct-profiles-queries.ts';
import { correctRollUps } from './correct-roll-ups-queries.ts';

export type ReprocessRecord = Omit<typeof etlReprocesses.$inferInsert, 'publishedAt' | 'differences'>;

/**
 * Applies the collected changes to transactions, their history, roll-ups and profiles, in the caller's database transaction, which
 * holds the lock of the state.
 * @returns 'stale' when a transaction no longer has the figures that its change was computed from; nothing is done then.
 */
export async function publishChanges(
  db: Queryable,
  record: ReprocessRecord,
  baseExponent: number,
): Promise<'published' | 'stale'> {
  if (!(await areAsRead(db, record.revisedCount))) return 'stale';
  await db.insert(etlReprocesses).values({ ...record, differences: await readDifferences(db) });
  await insertRevisions(db, record.reprocessId);
  await correctRollUps(db);
  await correctProfiles(db, baseExponent);
  const assignments = figureNames.map((name) => `${name} = c.${name}_after`).join(', ');
  await db.execute(sql`
    update transactions t
    set ${sql.raw(assignments)}
    from reprocess_changes c
    where t.order_id = c.order_id`);
  return 'published';
}

async function areAsRead(db: Queryable, changeCount: number): Promise<boolean> {
  const present = figureNames.map((name) => `t.${name}`).join(', ');
  const before = figureNames.map((name) => `c.${name}_before`).join(', ');
  const { rows } = await db.execute<{ count: number }>(sql`
    select count(*)::int as count
    from reprocess_changes c
    join transactions t using (order_id)
    where (${sql.raw(present)}) is not distinct from (${sql.raw(before)})`);
  return rows[0]?.count === changeCount;
}

async function insertRevisions(db: Queryable, reprocessId: string): Promise<void> {
  const names = sql.raw(changedFigureNames.join(', '));
  await db.execute(sql`
    insert into transaction_revisions (order_id, revision, reprocess_id, ${names})
    select order_id,
      1 + coalesce((select max(revision) from transaction_revisions earlier where earlier.order_id = c.order_id), 0),
      ${reprocessId}, ${names}
    from reprocess_changes c`);
}
