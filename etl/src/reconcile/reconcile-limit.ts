import { setTimeout as delay } from 'node:timers/promises';

import { TemporaryError } from '../failures/errors.ts';

/** What connecting, and a warehouse with a few facts, may take. */
const baseMs = 600_000;

/** Some ten times what a transaction takes, read again from Kafka, on two slow cores. */
const msPerFact = 0.5;

/** How long a reconciliation of so many transactions may take: it grows with them, so that only one that stands still is ended. */
export function reconcileLimitMs(factCount: number): number {
  return baseMs + factCount * msPerFact;
}

/** @throws TemporaryError when `work` is not done in time. It is left to the end of the process. */
export async function withinLimit<Result>(limitMs: number, factCount: number, work: Promise<Result>): Promise<Result> {
  const timer = new AbortController();
  const late = delay(limitMs, undefined, { signal: timer.signal }).then(() => {
    throw new TemporaryError(
      `the reconciliation of ${factCount} transactions is not done after ${Math.round(limitMs / 1000)} s, many times of what it takes: ` +
        'look at what the warehouse and Kafka are busy with (pg_stat_activity), or look at less of it (--since)',
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}
