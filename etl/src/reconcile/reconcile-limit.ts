import { setTimeout as delay } from 'node:timers/promises';

import { TemporaryError } from '../failures/errors.ts';

/** For the connection, and a warehouse with few transactions. */
const baseMs = 600_000;

/** About ten times what a transaction takes on two slow cores when it is read again from Kafka. */
const msPerTransaction = 0.5;

/** How long a reconciliation may take: in proportion to its transactions, so that only one that is stalled is ended. */
export function reconcileLimitMs(transactionCount: number): number {
  return baseMs + transactionCount * msPerTransaction;
}

/** @throws TemporaryError when `work` is not done in time. It goes on until the process ends. */
export async function withinLimit<Result>(
  limitMs: number,
  transactionCount: number,
  work: Promise<Result>,
): Promise<Result> {
  const timer = new AbortController();
  const late = delay(limitMs, undefined, { signal: timer.signal }).then(() => {
    throw new TemporaryError(
      `the reconciliation of ${transactionCount} transactions is not done after ${Math.round(limitMs / 1000)} s, many times longer than usual: ` +
        'see what the warehouse and Kafka are busy with (pg_stat_activity), or check less (--since)',
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}
