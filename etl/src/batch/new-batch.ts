import type { BatchKind } from '@pulse/migrations/schema';

import type { Context } from '../context.ts';
import type { NewBatch } from '../warehouse/batch-ledger.ts';
import { ruleSetVersion } from './rule-set.ts';
import { freeBytes } from './staging.ts';

/** What the ledger notes of a batch when it is planned. */
export function newBatch({ config }: Context, batchId: string, kind: BatchKind): NewBatch {
  const { dagId, runId } = config.airflow;
  return {
    batchId,
    kind,
    ruleSetVersion,
    codeVersion: config.codeVersion,
    airflowDagId: dagId ?? null,
    airflowRunId: runId ?? null,
    stagingFreeBytes: freeBytes(config.stagingDir),
  };
}
