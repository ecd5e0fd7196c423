import type { Context } from '../program/context.ts';
import type { NewBatch } from '../warehouse/batch-ledger.ts';
import { chooseRuleSets } from '../fraud/rule-sets/rule-set-queries.ts';
import { freeBytes } from '../staging/staging.ts';

/** What the ledger notes of a batch when it is planned, with the rule sets that evaluate it, whenever it runs. */
export async function newBatch(
  { config, warehouse }: Context,
  { batchId, kind, topic }: Pick<NewBatch, 'batchId' | 'kind' | 'topic'>,
): Promise<NewBatch> {
  const { dagId, runId } = config.airflow;
  return {
    batchId,
    kind,
    topic,
    ...(await chooseRuleSets(warehouse.db)),
    codeVersion: config.codeVersion,
    airflowDagId: dagId ?? null,
    airflowRunId: runId ?? null,
    stagingFreeBytes: freeBytes(config.stagingDir),
  };
}
