import * as z from 'zod';

import type { CustomerHistory } from '../customer-history.ts';
import { amountParameter, amountText, minorOf, windowCountParameter, windowParameter } from '../parameters.ts';
import type { FraudRule } from '../rule.ts';

const parameters = z.strictObject({
  /** Amounts up to it are small. */
  smallMax: amountParameter,
  /** So many small sales within the window are a test; each further one is found, and any large sale after them. */
  smallCount: windowCountParameter,
  /** Amounts from it on are large. */
  largeMin: amountParameter,
  windowSeconds: windowParameter,
});

/**
 * Many small transactions, and then a large one: a thief who tries out a stolen card begins with amounts that nobody notices. The small
 * ones are found too, as soon as they are many.
 */
export const cardTesting: FraudRule<z.output<typeof parameters>> = {
  id: 'card_testing',
  version: 1,
  parameters,
  prepare: ({ smallMax, smallCount, largeMin, windowSeconds }, exponent) => {
    const smallEnd = Number(minorOf(smallMax, exponent));
    const largeBegin = Number(minorOf(largeMin, exponent));
    const threshold = `${smallCount} sales up to ${smallMax} in ${windowSeconds} s`;
    return ({ timeMs, amountBase, amountBaseMinor }, history) => {
      const isSmall = amountBase <= smallEnd;
      if (!isSmall && amountBase < largeBegin) return undefined;
      const count = smallBefore(history, timeMs, windowSeconds, smallEnd) + (isSmall ? 1 : 0);
      if (count < smallCount) return undefined;
      const after = isSmall ? '' : `, then ${amountText(amountBaseMinor, exponent)}`;
      return { observed: `${count} sales up to ${smallMax} in ${windowSeconds} s${after}`, threshold };
    };
  },
  measure: ({ smallMax, smallCount, largeMin, windowSeconds }, exponent) => {
    const smallEnd = Number(minorOf(smallMax, exponent));
    return ({ timeMs, amountBase, amountBaseMinor }, history) => {
      const isSmall = amountBase <= smallEnd;
      const isLarge = amountBase >= Number(minorOf(largeMin, exponent));
      const count = smallBefore(history, timeMs, windowSeconds, smallEnd) + (isSmall ? 1 : 0);
      const amount = amountText(amountBaseMinor, exponent);
      const after = isSmall ? '' : `, then ${amount}${isLarge ? '' : `, less than ${largeMin}`}`;
      return {
        observed: `${count} sales up to ${smallMax} in ${windowSeconds} s${after}`,
        threshold: `${smallCount} sales up to ${smallMax} in ${windowSeconds} s`,
      };
    };
  },
};

/** Small sales of the window before this one. */
function smallBefore(history: CustomerHistory, timeMs: number, windowSeconds: number, smallEnd: number): number {
  const fromMs = timeMs - windowSeconds * 1000;
  let count = 0;
  for (const earlier of history.recentUntil(timeMs)) {
    if (earlier.timeMs <= fromMs) break;
    if (earlier.amountBase <= smallEnd) count += 1;
  }
  return count;
}
