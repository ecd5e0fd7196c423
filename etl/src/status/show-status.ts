import { keyText } from './key-text.ts';
import { overdueText } from './overdue-batch.ts';
import type { PipelineStatus } from './read-status.ts';
import { table, timeText } from '../program/table.ts';

/** The status as tables for a terminal. */
export async function showStatus(status: PipelineStatus): Promise<string> {
  const { topic, lag, secondsSinceLoad, schedule, partitions, otherTopics, batches, incidents } = status;
  const since = secondsSinceLoad === null ? 'no batch loaded yet' : `last load ${secondsSinceLoad} s ago`;
  const parts = [`${topic}: lag ${lag}, ${since}`];
  if (schedule.isOverdue) parts.push(overdueText(schedule));
  parts.push(...(await headline(status)));
  if (status.kafkaError !== null) {
    parts.push(`Kafka does not answer, so ends and lag are those of the newest plan: ${status.kafkaError}`);
  }
  parts.push(
    table(
      ['partition', 'position', 'end', 'lag', 'held'],
      partitions.map((p) => [p.partition, p.position, p.end, p.lag, p.held]),
    ),
  );
  for (const { partition, end, held, heldSince } of partitions) {
    if (held === 0) continue;
    parts.push(
      `partition ${partition}: a transaction is open at offset ${end}${heldSince === null ? '' : `, since ${heldSince}`}; ` +
        `${held} records wait there until its producer ends it: see the runbook, "A transaction holds a partition"`,
    );
  }
  for (const { partition, offset, writtenAt, deletedFrom } of status.nearRetention) {
    parts.push(
      `partition ${partition}: offset ${offset}, of ${writtenAt}, is not loaded, and Kafka may delete it from ${deletedFrom} on: ` +
        'load it before, or raise KAFKA_TOPIC_RETENTION_DAYS and run etl topics --apply',
    );
  }
  if (status.compactedCount !== null) {
    parts.push(`compaction removed ${status.compactedCount} records before a batch could read them`);
  }
  for (const other of otherTopics) {
    parts.push(
      `this warehouse also holds ${other.topic}: ${other.partitionCount} partitions, last read ${timeText(other.movedAt)}`,
    );
  }
  if (batches.length > 0) {
    parts.push(
      table(
        ['batch', 'topic', 'state', 'read', 'loaded', 'duplicates', 'rejected', 'error'],
        batches.map((b) => [
          b.batchId,
          b.topic,
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
async function headline(status: PipelineStatus): Promise<readonly string[]> {
  const { minutes, openRejectCount, lastReconciliation, keys } = status;
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
    `unverified tax     ${unverifiedTaxText(status.unverifiedTax)}`,
  ];
}

const chargesShown = 5;

function unverifiedTaxText({ days, charges }: PipelineStatus['unverifiedTax']): string {
  if (charges.length === 0) return `none charged in ${days} days`;
  const count = charges.reduce((sum, { transactionCount }) => sum + transactionCount, 0);
  const shown = charges
    .slice(0, chargesShown)
    .map(
      (c) => `${c.country}/${c.productCategory} ${c.taxRate} (${c.transactionCount} transactions, tax ${c.taxBase})`,
    );
  const more = charges.length > chargesShown ? [`${charges.length - chargesShown} more`] : [];
  return `${count} transactions in ${days} days: ${[...shown, ...more].join(', ')}; see etl tax-rates list --unverified`;
}
