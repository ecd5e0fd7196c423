import type { BatchKind } from '@pulse/migrations/schema';

import type { Batch, RefusedOrders, StepName } from './batch/batch.ts';
import { extractFolder, transformFolder, validateFolder } from './batch/step-folders.ts';
import { extractBatch } from './extract/extract-batch.ts';
import { planBatch } from './extract/plan-batch.ts';
import { finishLoad } from './load/finish-load.ts';
import { beginLoad, loadBatch } from './load/load-batch.ts';
import type { Context } from './program/context.ts';
import { haltOnRejects } from './recovery/halt-on-rejects.ts';
import { isStillToDo, recoverBatch } from './recovery/recover-batch.ts';
import { transformBatch } from './transform/transform-batch.ts';
import type { StagedStep, StepFolder, StepOutput } from './staging/staging.ts';
import { validateBatch } from './validate/validate-batch.ts';
import { markSuperseded, requireBatch, timed } from './warehouse/batch-ledger.ts';

/**
 * Runs one step of a batch and returns the batch as the ledger then has it. Any step may run again, at any time and beside
 * itself: a batch that is loaded stays as it is, and a step whose input is missing runs the steps before it.
 */
export async function runStep(context: Context, step: StepName, batchId: string, kind: BatchKind): Promise<Batch> {
  // Kafka connects while the warehouse answers; the code that needs the connection gets its error.
  if (step === 'extract' && kind !== 'replay') context.kafka().catch(() => undefined);
  try {
    const batch = await planBatch(context, batchId, kind);
    if (await isStillToDo(context, batch)) {
      if (step === 'load') await beginLoad(context, batch);
      await runThrough(context, batch, step);
    }
    if (step === 'load') await finishLoad(context, batch);
    return await requireBatch(context.warehouse.db, batchId);
  } catch (error) {
    return recoverBatch(context, batchId, error);
  }
}

/**
 * Takes a batch through its steps up to `last`. Each step leaves files for the next one, and is passed over while its files are
 * there; one that leaves none has found that another batch has loaded the records.
 */
async function runThrough(context: Context, batch: Batch, last: StepName): Promise<void> {
  const extracted = await staged(context, batch, extractFolder, async (folder) => extractBatch(context, batch, folder));
  if (extracted === undefined || last === 'extract') return;

  const validated = await staged(context, batch, validateFolder, async (folder) =>
    validateBatch(context, batch, extracted, folder),
  );
  if (validated === undefined || last === 'validate') return;

  const transform = async (refused: RefusedOrders) => {
    const transformed = await staged(context, batch, transformFolder, async (folder) =>
      transformBatch(context, batch, { extracted, validated }, refused, folder),
    );
    if (transformed !== undefined) await haltOnRejects(context, batch, validated.facts, transformed.facts);
    return transformed;
  };
  const transformed = await transform(new Map());
  if (transformed === undefined || last === 'transform') return;

  await loadBatch(context, batch, { extracted, validated, transformed }, transform);
}

/** What a step has left for the next one. Where there is nothing yet, `write` makes it; undefined where that leaves nothing. */
async function staged<Facts>(
  context: Context,
  batch: Batch,
  step: StepFolder<Facts>,
  write: (folder: string) => Promise<StepOutput<Facts> | undefined>,
): Promise<StagedStep<Facts> | undefined> {
  const { warehouse, logger } = context;
  const files = context.staging(batch);
  const found = files.find(step);
  if (found !== undefined) return found;
  const made = await timed(warehouse, logger, batch, step.name, async () => files.publish(step, write));
  if (made === undefined) await markSuperseded(warehouse.db, batch.batchId);
  return made;
}
