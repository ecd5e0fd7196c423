import { keyText } from './key-text.ts';
import { overdueText } from './overdue-batch.ts';
import type { PipelineStatus } from './read-status.ts';
import { table, timeText } from './table.ts';

/** The status as tables for a terminal. */
export async function showStatus(status: PipelineStatus): Promise<string> {
  const { topic, lag, secondsSinceLoad, schedule, partitions, batches, incidents } = status;
  const since = secondsSinceLoad === null ? 'no batch loaded yet' : `last load ${secondsSinceLoad} s ago`;
  const parts = [`${topic}: lag ${lag}, ${since}`];
  if (schedule.isOverdue) parts.push(overdueText(schedule));
  parts.push(...(await headline(status)));
  parts.push(
    table(
      ['partition', 'position', 'end', 'lag'],
      partitions.map((p) => [p.partition, p.position, p.end, p.lag]),
    ),
  );
  if (batches.length > 0) {
    parts.push(
      table(
        ['batch', 'state', 'read', 'loaded', 'duplicates', 'rejected', 'error'],
        batches.map((b) => [
          b.batchId,
          b.state,
          b.readCount,
          b.loadedCount,
          b.duplicateCount,
          b.rejectedCount,
          b.errorCode,
        ]),
      ),
    );
  }
  for (const { incidentId, kind, message } of incidents) parts.push(`incident ${incidentId} (${kind}): ${message}`);
  return parts.join('\n');
}

/** One line for each headline figure: its last value and its course, a mark a minute. */
async function headline({
  minutes,
  openRejectCount,
  lastReconciliation,
  keys,
}: PipelineStatus): Promise<readonly string[]> {
  const { default: sparkly } = await import('sparkly');
  const course = (values: readonly number[]): string => sparkly([...values], { minimum: 0 });
  const last = minutes.at(-1);
  const checked =
    lastReconciliation === null
      ? 'no reconciliation yet'
      : `${lastReconciliation.differenceCount === 0 ? 'everything added up' : `${lastReconciliation.differenceCount} differences`} at ${timeText(lastReconciliation.finishedAt)}`;
  return [
    `loaded a minute    ${course(minutes.map(({ loaded }) => loaded))} ${last?.loaded ?? 0}`,
    `rejected a minute  ${course(minutes.map(({ rejected }) => rejected))} ${last?.rejected ?? 0}; ${openRejectCount} open in quarantine`,
    `slowest batch, ms  ${course(minutes.map(({ slowestMs }) => slowestMs))} ${last?.slowestMs ?? 0}`,
    `reconciliation     ${checked}`,
    `key of records     ${keyText(keys)}`,
  ];
}
