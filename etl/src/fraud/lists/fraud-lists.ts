import type { Context } from '../../program/context.ts';
import { UsageError } from '../../failures/errors.ts';
import { endEntry, insertEntry, standingEntries, type NewEntry } from './fraud-list-queries.ts';
import { table, timeText } from '../../program/table.ts';

/** Puts a customer on a list. A customer stands on one list at a time. */
export async function addEntry({ warehouse, config }: Context, wanted: NewEntry, json: boolean): Promise<string> {
  if (wanted.customerId.trim() === '') throw new UsageError('--customer: expected the id of a customer');
  if (wanted.validUntil instanceof Date && wanted.validUntil.getTime() <= Date.now()) {
    throw new UsageError(`--until: ${timeText(wanted.validUntil)} is past`);
  }
  const { isNew, entry } = await insertEntry(warehouse, wanted, config.warehouse.lockTimeoutMs);
  if (!isNew) {
    throw new UsageError(
      `customer ${entry.customerId} stands on the ${entry.list} list: first etl fraud remove ${entry.entryId}`,
    );
  }
  if (json) return JSON.stringify(entry);
  const until = entry.validUntil === null ? '' : ` until ${timeText(entry.validUntil)} UTC`;
  return `entry ${entry.entryId}: customer ${entry.customerId} stands on the ${entry.list} list${until}`;
}

/** Ends an entry. */
export async function removeEntry({ warehouse, config }: Context, entryId: number, json: boolean): Promise<string> {
  if (!(await endEntry(warehouse, entryId, config.warehouse.lockTimeoutMs))) {
    throw new UsageError(`no entry ${entryId} stands: see etl fraud list`);
  }
  return json ? JSON.stringify({ entryId }) : `entry ${entryId} removed`;
}

/** The entries that stand, for people or machines. */
export async function entriesText({ warehouse }: Context, json: boolean): Promise<string> {
  const entries = await standingEntries(warehouse);
  if (json) return JSON.stringify(entries);
  if (entries.length === 0) return 'no customer stands on a list';
  return table(
    ['entry', 'list', 'customer', 'until', 'reason', 'since'],
    entries.map((entry) => [
      entry.entryId,
      entry.list,
      entry.customerId,
      entry.validUntil,
      entry.reason,
      entry.recordedAt,
    ]),
  );
}
