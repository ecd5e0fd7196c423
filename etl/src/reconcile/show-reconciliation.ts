import type { Reconciliation } from './reconcile.ts';
import { table } from '../program/table.ts';

/** The result as one line of JSON, spelled as the other summaries. */
export function reconciliationLine(result: Reconciliation): string {
  return JSON.stringify({
    reconciliation_id: result.reconciliationId,
    deep: result.isDeep,
    since: result.since,
    batches: result.checkedBatchCount,
    transactions: result.checkedTransactionCount,
    read_again: result.readAgainCount,
    topics_not_in_kafka: result.missingTopics,
    differences: result.differenceCount,
    listed: result.differences,
    duration_ms: result.finishedAt.getTime() - result.startedAt.getTime(),
  });
}

/** The result for a terminal. */
export function describeReconciliation(result: Reconciliation): string {
  const { checkedBatchCount, checkedTransactionCount, readAgainCount, missingTopics, differenceCount, differences } =
    result;
  const missing = missingTopics.length === 0 ? '' : ` (not ${missingTopics.join(', ')}: not in this Kafka)`;
  const deep = readAgainCount === null ? '' : `, ${readAgainCount} records of Kafka${missing}`;
  const looked = `${checkedBatchCount} batches, ${checkedTransactionCount} transactions${deep}`;
  if (differenceCount === 0) return `${looked}: everything adds up`;
  const rows = differences.map(({ check, subject, expected, found, message }) => [
    check,
    subject,
    expected,
    found,
    message,
  ]);
  return [
    `${looked}: ${differenceCount} differences`,
    table(['check', 'where', 'expected', 'found', 'meaning'], rows),
    'docs/RUNBOOK.md says what to do ("The reconciliation finds a difference")',
  ].join('\n');
}
