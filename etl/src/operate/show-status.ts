import type { PipelineStatus } from './read-status.ts';
import { table } from './table.ts';

/** The status as tables for a terminal. */
export function showStatus(status: PipelineStatus): string {
  const { topic, lag, secondsSinceLoad, partitions, batches, incidents } = status;
  const since = secondsSinceLoad === null ? 'no batch loaded yet' : `last load ${secondsSinceLoad} s ago`;
  const parts = [`${topic}: lag ${lag}, ${since}`];
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
