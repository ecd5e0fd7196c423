import { checkedBatchId } from '../batch/batch-id.ts';
import { replayBatchId } from '../batch/manual-batch-id.ts';
import type { Context } from '../program/context.ts';
import { describeSummary, summarize } from '../run/summary.ts';
import type { RejectedFilter } from './rejected-filter-queries.ts';
import { replayRejected } from './replay-rejected.ts';
import { requireFilter } from './require-filter.ts';

export interface ReplayOptions {
  readonly filter: RejectedFilter;
  readonly all: boolean;
  readonly batch?: string | undefined;
  readonly dryRun: boolean;
  readonly limit: number;
  readonly json: boolean;
}

/** `etl rejected replay`: one line for each batch that it takes, or what a dry run has found. */
export async function replayCommand(
  context: Context,
  options: ReplayOptions,
  print: (line: string) => void,
): Promise<void> {
  const { filter, all, batch, dryRun, limit, json } = options;
  requireFilter(filter, all);
  if (dryRun) {
    const { previewReplay } = await import('./preview-replay.ts');
    const { matched, loaded, duplicates, rejected, reasons } = await previewReplay(context, filter, limit);
    if (json) return print(JSON.stringify({ dry_run: true, matched, loaded, duplicates, rejected, reasons }));
    print(
      `of ${matched} open records, ${loaded} would be loaded, ${duplicates} are duplicates, ${rejected} rejected again`,
    );
    for (const [reason, count] of Object.entries(reasons)) print(`  ${reason}: ${count}`);
    return;
  }
  const batchId = batch === undefined ? replayBatchId() : checkedBatchId(batch);
  for await (const { batch: done, durationMs } of replayRejected(context, { batchId, filter, countMax: limit })) {
    const summary = summarize(done, 'replay', durationMs);
    print(json ? JSON.stringify(summary) : describeSummary(done, summary));
  }
}
