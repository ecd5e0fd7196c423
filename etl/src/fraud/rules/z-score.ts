import * as z from 'zod';

import { amountParameter, amountText, minorOf } from '../parameters.ts';
import type { FraudRule } from '../rule.ts';

const parameters = z.strictObject({
  /** Standard deviations above the customer's mean, as "3.5": so many or more are found. */
  score: z.string().regex(/^\d{1,3}(\.\d{1,2})?$/, 'expected a number of standard deviations, as "3.5"'),
  /** Transactions that the customer must have had before: with fewer the deviation means little. */
  historyCount: z.number().int().min(2),
  /** Smaller amounts are never found, however unusual. */
  amountMin: amountParameter,
});

/**
 * An amount far above what the customer usually spends: (amount − mean) / deviation over all earlier sales, in the base
 * currency, with the sample's standard deviation (n − 1). Exact: both sides of the comparison are squared whole numbers. A
 * customer whose amounts were all the same has no deviation, and nothing is found.
 */
export const zScore: FraudRule<z.output<typeof parameters>> = {
  id: 'z_score',
  version: 1,
  parameters,
  prepare: ({ score, historyCount, amountMin }, exponent) => {
    const minimum = minorOf(amountMin, exponent);
    const scoreHundredths = BigInt(Math.round(Number(score) * 100));
    const scoreSquared = Number(score) ** 2;
    const threshold = `${score} deviations above the mean of ${historyCount} sales or more`;
    return ({ amountBaseMinor, amountBase }, history) => {
      const count = history.transactionCount;
      if (count < historyCount || amountBaseMinor < minimum) return undefined;
      if (
        isSurelyBelow(count, amountBase, Number(history.amountBaseSum), Number(history.amountBaseSquares), scoreSquared)
      ) {
        return undefined;
      }
      const found = scoreOf(BigInt(count), amountBaseMinor, history.amountBaseSum, history.amountBaseSquares);
      if (found === undefined || found < scoreHundredths) return undefined;
      const mean = history.amountBaseSum / BigInt(count);
      const observed = `${hundredthsText(found)} deviations above the mean of ${count} sales, ${amountText(mean, exponent)}`;
      return { observed, threshold };
    };
  },
  measure: ({ score, historyCount, amountMin }, exponent) => {
    const threshold = `${score} deviations above the mean of ${historyCount} sales or more`;
    return ({ amountBaseMinor }, history) => {
      const count = history.transactionCount;
      const amount = amountText(amountBaseMinor, exponent);
      if (count < historyCount) return { observed: `${count} earlier sales`, threshold };
      if (amountBaseMinor < minorOf(amountMin, exponent)) {
        return { observed: `${amount}, less than ${amountMin}`, threshold };
      }
      const found = scoreOf(BigInt(count), amountBaseMinor, history.amountBaseSum, history.amountBaseSquares);
      const mean = `the mean of ${count} sales, ${amountText(history.amountBaseSum / BigInt(count), exponent)}`;
      if (found !== undefined) return { observed: `${hundredthsText(found)} deviations above ${mean}`, threshold };
      return { observed: `${amount}, not above ${mean}, or no deviation from it`, threshold };
    };
  },
};

/**
 * A first look in doubles, which spares nearly every sale the exact comparison. Errs towards "not sure": the doubles are right
 * to 1e-15 of the squares' sum, and much more than that is allowed for.
 */
function isSurelyBelow(count: number, amount: number, sum: number, squares: number, scoreSquared: number): boolean {
  const above = count * amount - sum;
  if (above <= -1e-6 * sum) return true;
  const spread = count * squares - sum * sum - 1e-9 * count * squares;
  return spread > 0 && above * above * (count - 1) * 1.000001 < scoreSquared * count * spread;
}

/**
 * The score in hundredths, rounded down; undefined without a deviation or at or below the mean.
 * z² = (n·x − S)² · (n − 1) / (n · (n·Q − S²)) for sum S and sum of squares Q of n amounts.
 */
function scoreOf(count: bigint, amount: bigint, sum: bigint, squares: bigint): bigint | undefined {
  const above = count * amount - sum;
  const spread = count * squares - sum * sum;
  if (above <= 0n || spread <= 0n) return undefined;
  return squareRoot((10_000n * above * above * (count - 1n)) / (count * spread));
}

/** The whole part of a square root, by Newton's method. */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (root + value / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
}

function hundredthsText(hundredths: bigint): string {
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`;
}
