import type { ReconciliationDifference } from '@pulse/migrations/schema';

import type { Context } from '../program/context.ts';
import { countLoaded, insertReconciliation, withReconcileSnapshot } from './reconcile-snapshot-queries.ts';
import { reconcileLimitMs, withinLimit } from './reconcile-limit.ts';

export interface Reconciliation {
  readonly reconciliationId: number;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly isDeep: boolean;
  readonly since: Date | null;
  readonly checkedBatchCount: number;
  readonly checkedTransactionCount: number;
  /** Records that were read again from Kafka; null without `isDeep`. */
  readonly readAgainCount: number | null;
  /** Topics of loaded batches that could not be read again because Kafka does not have them. */
  readonly missingTopics: readonly string[];
  readonly differenceCount: number;
  /** The first of each kind. */
  readonly differences: readonly ReconciliationDifference[];
}

/**
 * Checks the warehouse against its own rules in one snapshot, while loads may go on, and stores the result. Deep also reads
 * Kafka again and compares content.
 * @throws TemporaryError when it takes many times longer than the number of transactions explains.
 */
export async function reconcile(
  context: Context,
  options: { readonly since: Date | null; readonly isDeep: boolean },
): Promise<Reconciliation> {
  const { warehouse, config } = context;
  const { since, isDeep } = options;
  const startedAt = new Date();
  const transactionCount = await countLoaded(warehouse.db, since);
  const limitMs = reconcileLimitMs(transactionCount);
  const work = withReconcileSnapshot(warehouse, { since, limitMs }, async (snapshot) => {
    const { checkedBatchCount, checkedTransactionCount } = snapshot;
    const counts = { checkedBatchCount, checkedTransactionCount };
    const findings = await snapshot.findings();
    if (!isDeep) return { ...counts, ...findings, readAgainCount: null, missingTopics: [] };
    const { compareWithKafka } = await import('./compare-with-kafka.ts');
    const deep = await compareWithKafka(context, snapshot);
    return {
      ...counts,
      readAgainCount: deep.readCount,
      missingTopics: deep.missingTopics,
      differences: [...findings.differences, ...deep.differences],
      differenceCount: findings.differenceCount + deep.differenceCount,
    };
  });
  const { readAgainCount, missingTopics, ...stored } = await withinLimit(limitMs, transactionCount, work);
  const row = { ...stored, differences: [...stored.differences], startedAt, finishedAt: new Date(), isDeep, since };
  const reconciliationId = await insertReconciliation(warehouse.db, { ...row, codeVersion: config.codeVersion });
  return { ...row, reconciliationId, readAgainCount, missingTopics };
}
