import type { BatchKind, BatchState } from '@pulse/migrations/schema';

import type { PlannedRange } from './plan.ts';

/** A batch as the ledger has it. */
export interface Batch {
  readonly batchId: string;
  readonly kind: BatchKind;
  readonly state: BatchState;
  readonly plannedAt: Date;
  readonly ruleSetVersion: string;
  readonly ranges: readonly PlannedRange[];
  readonly counts: BatchCounts;
}

/** What became of a batch's records; null until it is loaded. readCount = loaded + duplicate + rejected. */
interface BatchCounts {
  readonly readCount: number | null;
  readonly loadedCount: number | null;
  readonly duplicateCount: number | null;
  readonly rejectedCount: number | null;
  readonly flaggedCount: number | null;
}

export const stepNames = ['extract', 'validate', 'transform', 'load'] as const;
export type StepName = (typeof stepNames)[number];

/** How many offsets the batch covers. */
export function plannedCount(batch: Pick<Batch, 'ranges'>): number {
  return batch.ranges.reduce((sum, { fromOffset, nextOffset }) => sum + Number(nextOffset - fromOffset), 0);
}

/** True when nothing is left to do: its rows are committed, or another batch loaded its records. */
export function isSettled(batch: Batch): boolean {
  return batch.state !== 'planned';
}
