import type { Batch } from '../batch/batch.ts';
import { plannedCount, stepNames } from '../batch/batch.ts';
import { manualBatchId } from '../batch/manual-batch-id.ts';
import type { Context } from '../program/context.ts';
import { runStep } from '../pipeline.ts';

export interface FinishedBatch {
  readonly batch: Batch;
  readonly durationMs: number;
}

/**
 * Runs the four steps of a batch, a new one unless it is named, and then of new batches until one is empty, if asked to.
 */
export async function* runBatches(
  context: Context,
  firstBatchId: string | undefined,
  untilEmpty: boolean,
): AsyncGenerator<FinishedBatch, void> {
  let batchId = firstBatchId ?? manualBatchId();
  for (;;) {
    const startedMs = performance.now();
    let batch: Batch | undefined;
    for (const step of stepNames) batch = await runStep(context, step, batchId, 'manual');
    if (batch === undefined) return;
    yield { batch, durationMs: performance.now() - startedMs };
    if (!untilEmpty || plannedCount(batch) === 0) return;
    batchId = manualBatchId();
  }
}
