import { setTimeout as delay } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { TemporaryError } from '../failures/errors.ts';
import { reconcileLimitMs, withinLimit } from './reconcile-limit.ts';

test('a reconciliation of more transactions may take longer', () => {
  expect([0, 1_000_000, 100_000_000].map((count) => reconcileLimitMs(count))).toEqual([600_000, 1_100_000, 50_600_000]);
});

test('work that ends in time gives its result or its error', async () => {
  expect(await withinLimit(10_000, 1, Promise.resolve('done'))).toBe('done');
  await expect(withinLimit(10_000, 1, Promise.reject(new Error('away')))).rejects.toThrow('away');
});

test('work that is not done in time is a temporary error that names its size', async () => {
  const never = delay(60_000, undefined, { ref: false });
  const late = withinLimit(20, 1234, never);
  await expect(late).rejects.toThrow(TemporaryError);
  await expect(late).rejects.toThrow(/of 1234 transactions is not done after 0 s/);
});
