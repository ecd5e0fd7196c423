import { etlIncidents, sourcePositions } from '@pulse/migrations/schema';
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';

import type { Decision, PositionChange } from './decide-position.ts';
import type { Queryable, Warehouse } from '../warehouse/connection.ts';
import {
  bumpStateVersion,
  insertPositions,
  lockState,
  readPositions,
  type StoredPosition,
} from '../warehouse/positions.ts';

export type OpenIncident = typeof etlIncidents.$inferSelect;

/** The open incidents of a topic, oldest first. */
export async function openIncidents(db: Queryable, topic: string): Promise<OpenIncident[]> {
  return db
    .select()
    .from(etlIncidents)
    .where(and(eq(etlIncidents.topic, topic), isNull(etlIncidents.resolvedAt)))
    .orderBy(asc(etlIncidents.incidentId));
}

interface LossAcceptance {
  readonly topic: string;
  /** The position as it was looked at. */
  readonly position: StoredPosition;
  /** A partition that has lost records before any was read has no position yet. */
  readonly isStored: boolean;
  readonly change: PositionChange;
  readonly open: readonly OpenIncident[];
  readonly decision: Decision;
}

/**
 * Moves a position past what is lost and resolves its incidents; a loss that had none gets one, so that each is on record.
 * @returns the incidents, or undefined when the position is no longer what was looked at.
 */
export async function acceptLossOf(
  warehouse: Warehouse,
  { topic, position, isStored, change, open, decision }: LossAcceptance,
  lockTimeoutMs: number,
): Promise<number[] | undefined> {
  return warehouse.db.transaction(async (tx) => {
    await lockState(tx, lockTimeoutMs);
    const { partition, epoch, nextOffset } = position;
    if (!isStored) await insertPositions(tx, topic, [{ partition, epoch, nextOffset }]);
    const current = (await readPositions(tx, topic)).find((stored) => stored.partition === partition);
    if (current?.nextOffset !== nextOffset || current.epoch !== epoch) return undefined;
    await changePosition(tx, topic, partition, change);
    const { accepted, lostCount, message } = change;
    const end = change.next !== null && accepted.action === 'skipped' ? change.next.nextOffset : nextOffset;
    const facts = { fromOffset: nextOffset, nextOffset: end, lostCount, ...resolution(decision, message) };
    const ids =
      open.length > 0
        ? open.map(({ incidentId }) => incidentId)
        : await insertIncident(tx, { kind: change.kind, topic, partition, message });
    await tx
      .update(etlIncidents)
      .set({ ...facts, details: { accepted } })
      .where(inArray(etlIncidents.incidentId, ids));
    await bumpStateVersion(tx);
    return ids;
  });
}

/** Resolves the incident of a halted batch: its ranges may pass from now on. */
export async function acceptRejectsOf(
  warehouse: Warehouse,
  { incidentId }: OpenIncident,
  decision: Decision,
  lockTimeoutMs: number,
): Promise<void> {
  await warehouse.db.transaction(async (tx) => {
    await lockState(tx, lockTimeoutMs);
    await tx
      .update(etlIncidents)
      .set(resolution(decision, 'its rejects may pass'))
      .where(and(eq(etlIncidents.incidentId, incidentId), isNull(etlIncidents.resolvedAt)));
    await bumpStateVersion(tx);
  });
}

async function changePosition(db: Queryable, topic: string, partition: number, change: PositionChange): Promise<void> {
  const isThis = and(eq(sourcePositions.topic, topic), eq(sourcePositions.partition, partition));
  if (change.accepted.action === 'nothing_to_change') return;
  if (change.next === null) {
    await db.delete(sourcePositions).where(isThis);
    return;
  }
  const noAnchor = { anchorOffset: null, anchorTimestamp: null, anchorKeyHash: null };
  await db
    .update(sourcePositions)
    .set({ ...change.next, ...noAnchor, updatedAt: sql`now()` })
    .where(isThis);
}

async function insertIncident(db: Queryable, incident: typeof etlIncidents.$inferInsert): Promise<number[]> {
  const inserted = await db.insert(etlIncidents).values(incident).returning({ incidentId: etlIncidents.incidentId });
  return inserted.map(({ incidentId }) => incidentId);
}

function resolution({ by, reason }: Decision, what: string) {
  return { resolvedAt: sql`now()`, resolvedBy: by, resolution: `${what}. ${reason}` };
}

/** Resolves incidents of record batches: from now on these are passed over, and count as holes. */
export async function giveUpBatches(
  warehouse: Warehouse,
  incidents: readonly OpenIncident[],
  { by, reason }: Decision,
  lockTimeoutMs: number,
): Promise<void> {
  await warehouse.db.transaction(async (tx) => {
    await lockState(tx, lockTimeoutMs);
    const ids = incidents.map(({ incidentId }) => incidentId);
    await tx
      .update(etlIncidents)
      .set({ resolvedAt: sql`now()`, resolvedBy: by, resolution: `its records are given up. ${reason}` })
      .where(and(inArray(etlIncidents.incidentId, ids), isNull(etlIncidents.resolvedAt)));
    await bumpStateVersion(tx);
  });
}
