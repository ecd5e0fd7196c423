import type { BatchKind, BatchState } from '@pulse/migrations/schema';

import type { PlannedRange } from './plan-ranges.ts';

/** A batch as the ledger has it. */
export interface Batch {
  readonly batchId: string;
  readonly kind: BatchKind;
  /** The topic that all its records come from. */
  readonly topic: string;
  readonly state: BatchState;
  readonly plannedAt: Date;
  /** The fraud rule set that evaluates it. */
  readonly ruleSetVersion: string;
  /** The rule set that evaluates it as well, only for the record; null for none. */
  readonly shadowRuleSetVersion: string | null;
  readonly ranges: readonly PlannedRange[];
  /** What a replay processes again, in place of ranges. */
  readonly claims: ClaimedRecords | null;
  readonly counts: BatchCounts;
}

/** Rejected records that a replay has claimed, all of one topic and epoch. */
export interface ClaimedRecords {
  readonly count: number;
  readonly sources: readonly RecordSource[];
}

/** A partition that records come from, and the epoch that their offsets belong to. */
export interface RecordSource {
  readonly partition: number;
  readonly epoch: number;
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

/** The partitions that a batch's records come from. */
export function sourcesOf({ claims, ranges }: Pick<Batch, 'claims' | 'ranges'>): readonly RecordSource[] {
  return claims === null ? ranges : claims.sources;
}

/** How many offsets the batch covers, or how many records a replay has claimed. */
export function plannedCount(batch: Pick<Batch, 'ranges' | 'claims'>): number {
  if (batch.claims !== null) return batch.claims.count;
  return batch.ranges.reduce((sum, { fromOffset, nextOffset }) => sum + Number(nextOffset - fromOffset), 0);
}

/** True when nothing is left to do: its rows are committed, or another batch loaded its records. */
export function isSettled(batch: Batch): boolean {
  return batch.state !== 'planned';
}

/** PostgreSQL's messages about orders whose rows it refuses, by order id: all their records go to quarantine. */
export type RefusedOrders = ReadonlyMap<string, string>;
