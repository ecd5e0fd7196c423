import { isSettled, plannedCount, type Batch, type StepName } from '../batch/batch.ts';

/** What a step prints: one line of JSON for machines, and the same for people. */
export interface StepSummary {
  readonly batch_id: string;
  readonly step: StepName | 'run' | 'replay';
  readonly state: Batch['state'];
  /** Offsets that the batch covers. */
  readonly planned: number;
  readonly read: number | null;
  readonly loaded: number | null;
  readonly duplicates: number | null;
  readonly rejected: number | null;
  readonly flagged: number | null;
  readonly duration_ms: number;
}

export function summarize(batch: Batch, step: StepSummary['step'], durationMs: number): StepSummary {
  const { counts } = batch;
  return {
    batch_id: batch.batchId,
    step,
    state: batch.state,
    planned: plannedCount(batch),
    read: counts.readCount,
    loaded: counts.loadedCount,
    duplicates: counts.duplicateCount,
    rejected: counts.rejectedCount,
    flagged: counts.flaggedCount,
    duration_ms: Math.round(durationMs),
  };
}

/** The summary in a sentence. */
export function describeSummary(batch: Batch, summary: StepSummary): string {
  const { batch_id: id, planned, duration_ms: durationMs } = summary;
  const seconds = `${(durationMs / 1000).toFixed(1)} s`;
  if (batch.state === 'superseded') return `batch ${id}: another batch has loaded its records; nothing to do`;
  if (planned === 0) return `batch ${id}: nothing ${batch.claims === null ? 'new' : 'to replay'} (${seconds})`;
  if (!isSettled(batch)) return `batch ${id}: ${summary.step} of ${planned} messages done (${seconds})`;
  return (
    `batch ${id}: ${summary.loaded} loaded, ${summary.duplicates} duplicates, ${summary.rejected} rejected, ` +
    `${summary.flagged} flagged of ${summary.read} messages (${seconds})`
  );
}
