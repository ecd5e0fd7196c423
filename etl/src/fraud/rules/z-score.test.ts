import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Customer } from '../customers.ts';
import type { FraudTransaction } from '../rule.ts';
import { zScore } from './z-score.ts';

/** Small amounts and such as no double's square holds. */
const amountMinor = fc.oneof(fc.bigInt({ min: 1n, max: 10_000n }), fc.bigInt({ min: 1n, max: 10n ** 17n }));

function transactionOf(amount: bigint): FraudTransaction {
  const amountBase = Number(amount);
  return { timeMs: 0, currency: 'USD', country: '', amount: amountBase, amountBaseMinor: amount, amountBase };
}

/** Is (x − mean) / s at least the score? By the book, both sides squared, in fractions of whole numbers. */
function isFound(earlier: readonly bigint[], amount: bigint, scoreHundredths: bigint): boolean {
  const count = BigInt(earlier.length);
  const sum = earlier.reduce((total, one) => total + one, 0n);
  // Each difference from the mean, times the count.
  const squares = earlier.reduce((total, one) => total + (count * one - sum) ** 2n, 0n);
  const above = count * amount - sum;
  if (above <= 0n || squares === 0n) return false;
  // z² = above² / (squares / (count − 1)), compared as score² · squares ≤ above² · (count − 1).
  return scoreHundredths ** 2n * squares <= 10_000n * above ** 2n * (count - 1n);
}

/** The highest threshold, in hundredths, that the transaction reaches; 0 where it reaches none. */
function scoreOf(earlier: readonly bigint[], amount: bigint): number {
  let low = 0;
  let high = scoreEnd;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if (isFound(earlier, amount, BigInt(middle))) low = middle;
    else high = middle;
  }
  return low;
}

/** Thresholds end at 999.99. */
const scoreEnd = 100_000;

test('it finds a transaction up to the very score that the definition gives, and not beyond', () => {
  const history = fc.array(amountMinor, { minLength: 2, maxLength: 30 });
  fc.assert(
    fc.property(history, amountMinor, (earlier, amount) => {
      const customer = new Customer('c', []);
      for (const one of earlier) customer.add(transactionOf(one));
      const finds = (hundredths: number): boolean => {
        const parameters = { score: (hundredths / 100).toFixed(2), historyCount: 2, amountMin: '0.01' };
        return zScore.prepare(parameters, 2)(transactionOf(amount), customer) !== undefined;
      };
      const score = scoreOf(earlier, amount);
      const thresholds = [score, score + 1].filter((hundredths) => hundredths > 0 && hundredths < scoreEnd);
      expect(thresholds.map(finds)).toEqual(thresholds.map((hundredths) => hundredths <= score));
    }),
    { numRuns: 2000 },
  );
});
