import * as z from 'zod';

import type { CustomerHistory } from '../customer-history.ts';
import { windowCountParameter, windowParameter } from '../parameters.ts';
import type { FraudRule } from '../rule.ts';

const parameters = z.strictObject({
  /** So many sales within the window are found, this one counted. */
  saleCount: windowCountParameter,
  windowSeconds: windowParameter,
});

/** Many sales of one customer within a short stretch of event time: a stolen card is used while it works. */
export const velocity: FraudRule<z.output<typeof parameters>> = {
  id: 'velocity',
  version: 1,
  parameters,
  prepare: ({ saleCount, windowSeconds }) => {
    const threshold = `${saleCount} sales in ${windowSeconds} s`;
    return ({ timeMs }, history) => {
      const count = countWithin(history, timeMs, windowSeconds);
      return count < saleCount ? undefined : { observed: `${count} sales in ${windowSeconds} s`, threshold };
    };
  },
  measure:
    ({ saleCount, windowSeconds }) =>
    ({ timeMs }, history) => ({
      observed: `${countWithin(history, timeMs, windowSeconds)} sales in ${windowSeconds} s`,
      threshold: `${saleCount} sales in ${windowSeconds} s`,
    }),
};

/** Sales of the window that ends with this one, which counts. */
function countWithin(history: CustomerHistory, timeMs: number, windowSeconds: number): number {
  const fromMs = timeMs - windowSeconds * 1000;
  let count = 1;
  for (const earlier of history.recentUntil(timeMs)) {
    if (earlier.timeMs <= fromMs) break;
    count += 1;
  }
  return count;
}
