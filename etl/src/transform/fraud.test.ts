import { expect, test } from 'vitest';

import { amountLimitRule } from './amount-limit-rule.ts';
import { judgeFraud } from './fraud.ts';

const rules = [amountLimitRule(100_000n, 2)];

test('an amount above the limit is flagged, with what was seen and what is allowed', () => {
  expect(judgeFraud(rules, { amountBaseMinor: 150_000n })).toEqual({
    score: 60,
    decision: 'review',
    reasons: [{ rule: 'amount_limit', version: 1, weight: 60, observed: '1500.00', threshold: '1000.00' }],
  });
});

test.each([15_000n, 100_000n])('%d minor units at a limit of 100000 are clear', (amountBaseMinor) => {
  expect(judgeFraud(rules, { amountBaseMinor }).decision).toBe('clear');
});

test('findings add up to a score of 100 at most', () => {
  const verdict = judgeFraud([...rules, ...rules], { amountBaseMinor: 100_001n });
  expect(verdict).toMatchObject({ score: 100, decision: 'block' });
});
