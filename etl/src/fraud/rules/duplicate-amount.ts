import * as z from 'zod';

import { none } from '../customer-history.ts';
import { windowCountParameter, windowParameter } from '../parameters.ts';
import type { FraudRule } from '../rule.ts';

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
    return ({ timeMs, amount, currency }, history) => {
      const fromMs = timeMs - windowSeconds * 1000;
      let count = 1;
      for (let at = history.newestAt(timeMs); at !== none; at = history.olderThan(at)) {
        if (history.timeMsOf(at) <= fromMs) break;
        if (history.amountOf(at) === amount && history.currencyOf(at) === currency) count += 1;
      }
      return count < saleCount ? undefined : { observed: `${count} equal amounts in ${windowSeconds} s`, threshold };
    };
  },
};
