import * as z from 'zod';

import type { CustomerHistory } from '../customer-history.ts';
import { windowCountParameter, windowParameter } from '../parameters.ts';
import type { FraudRule, FraudTransaction } from '../rule.ts';

const parameters = z.strictObject({
  /** So many sales of the same amount within the window are found, this one counted. */
  saleCount: windowCountParameter,
  windowSeconds: windowParameter,
});

/**
 * The very same amount in the same currency again and again within a short stretch of event time, under different orders: a
 * script sells the same thing. (The same order again is a duplicate: it is settled before and never seen here.)
 */
export const duplicateAmount: FraudRule<z.output<typeof parameters>> = {
  id: 'duplicate_amount',
  version: 1,
  parameters,
  prepare: ({ saleCount, windowSeconds }) => {
    const threshold = `${saleCount} equal amounts in ${windowSeconds} s`;
    return (sale, history) => {
      const count = equalWithin(history, sale, windowSeconds);
      return count < saleCount ? undefined : { observed: `${count} equal amounts in ${windowSeconds} s`, threshold };
    };
  },
  measure:
    ({ saleCount, windowSeconds }) =>
    (sale, history) => ({
      observed: `${equalWithin(history, sale, windowSeconds)} equal amounts in ${windowSeconds} s`,
      threshold: `${saleCount} equal amounts in ${windowSeconds} s`,
    }),
};

/** Sales of this amount and currency in the window that ends with this one, which counts. */
function equalWithin(
  history: CustomerHistory,
  { timeMs, amount, currency }: FraudTransaction,
  windowSeconds: number,
): number {
  const fromMs = timeMs - windowSeconds * 1000;
  let count = 1;
  for (const earlier of history.recentUntil(timeMs)) {
    if (earlier.timeMs <= fromMs) break;
    if (earlier.amount === amount && earlier.currency === currency) count += 1;
  }
  return count;
}
