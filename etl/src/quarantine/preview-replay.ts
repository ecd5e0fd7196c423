import type { Batch } from '../batch/batch.ts';
import { rejects } from '../streams/rejected-record.ts';
import { manualBatchId } from '../batch/manual-batch-id.ts';
import { readLines } from '../staging/staged-file.ts';
import { stagedFile, type StagedStep } from '../staging/staging.ts';
import { copyFiles, extractFolder, transformFolder, validateFolder } from '../batch/step-folders.ts';
import type { Context } from '../program/context.ts';
import { extractClaims } from '../extract/extract-claims.ts';
import { transformBatch } from '../transform/transform-batch.ts';
import { validateBatch } from '../validate/validate-batch.ts';
import { matches, type RejectedFilter } from './rejected-filter-queries.ts';
import { describeClaims } from '../warehouse/replay-claims.ts';
import { chooseRuleSets } from '../fraud/rule-sets/rule-set-queries.ts';
import { selectClaims, type ReplayPosition, type SelectedClaims } from './replay-queries.ts';

/** What a replay would come to now. */
export interface ReplayPreview {
  matched: number;
  loaded: number;
  duplicates: number;
  rejected: number;
  /** Records that would be rejected again, by reason code. */
  readonly reasons: Record<string, number>;
}

/** Takes records through every step but the load, and changes nothing. */
export async function previewReplay(
  context: Context,
  filter: RejectedFilter,
  countMax: number,
): Promise<ReplayPreview> {
  const { warehouse, config } = context;
  const result: ReplayPreview = { matched: 0, loaded: 0, duplicates: 0, rejected: 0, reasons: {} };
  let after: ReplayPosition | undefined;
  while (result.matched < countMax) {
    const room = Math.min(countMax - result.matched, config.batchSizeMax);
    const claims = await selectClaims(warehouse.db, filter, after, room);
    if (claims === undefined) break;
    await preview(context, claims, result);
    after = claims.last;
  }
  return result;
}

async function preview(context: Context, { topic, rejectedIds }: SelectedClaims, result: ReplayPreview): Promise<void> {
  const { warehouse } = context;
  const condition = matches({ rejectedIds });
  const batch: Batch = {
    batchId: `preview-${manualBatchId()}`,
    kind: 'replay',
    topic,
    state: 'planned',
    plannedAt: new Date(),
    ...(await chooseRuleSets(warehouse.db)),
    ranges: [],
    claims: await describeClaims(warehouse.db, condition),
    counts: { readCount: null, loadedCount: null, duplicateCount: null, rejectedCount: null, flaggedCount: null },
  };
  const staging = context.staging(batch);
  try {
    const extracted = await staging.publish(extractFolder, (folder) =>
      extractClaims(context, batch, folder, condition),
    );
    const validated = await staging.publish(validateFolder, (folder) =>
      validateBatch(context, batch, extracted, folder),
    );
    const input = { extracted, validated };
    const transformed = await staging.publish(transformFolder, async (folder) =>
      transformBatch(context, batch, input, new Map(), folder),
    );
    if (transformed === undefined) throw new Error('a dry run covers no range and can not be superseded');
    const { facts } = transformed;
    result.matched += rejectedIds.length;
    result.loaded += facts.loadedCount;
    result.duplicates += facts.duplicateCount;
    result.rejected += validated.facts.rejectedCount + facts.rejectedCount;
    for (const step of [validated, transformed]) countReasons(step, result.reasons);
  } finally {
    staging.remove();
  }
}

const reasonColumn = rejects.columns.findIndex(({ name }) => name === 'reason_code');

function countReasons(step: StagedStep<unknown>, reasons: Record<string, number>): void {
  const name = copyFiles.rejectedTransactions;
  for (const lines of readLines(stagedFile(step, name))) {
    for (const line of lines) {
      const reason = line.split('\t')[reasonColumn] ?? '';
      reasons[reason] = (reasons[reason] ?? 0) + 1;
    }
  }
}
