import * as z from 'zod';

import type { CustomerHistory } from '../customer-history.ts';
import { windowParameter } from '../parameters.ts';
import type { FraudRule, FraudTransaction } from '../rule.ts';

const parameters = z.strictObject({
  /** So many currencies within the window are found, this sale's counted. */
  currencyCount: z.number().int().min(2).max(20),
  windowSeconds: windowParameter,
});

/** Several currencies within a short stretch of event time: limits that count in one currency are being gone round. */
export const currencyHopping: FraudRule<z.output<typeof parameters>> = {
  id: 'currency_hopping',
  version: 1,
  parameters,
  prepare: ({ currencyCount, windowSeconds }) => {
    const threshold = `${currencyCount} currencies in ${windowSeconds} s`;
    return (sale, history) => {
      const seen = currenciesWithin(history, sale, windowSeconds);
      if (seen === undefined || seen.length < currencyCount) return undefined;
      return { observed: `${seen.length} currencies in ${windowSeconds} s: ${seen.sort().join(', ')}`, threshold };
    };
  },
  measure:
    ({ currencyCount, windowSeconds }) =>
    (sale, history) => {
      const seen = currenciesWithin(history, sale, windowSeconds) ?? [sale.currency];
      return {
        observed: `${seen.length} currencies in ${windowSeconds} s: ${seen.sort().join(', ')}`,
        threshold: `${currencyCount} currencies in ${windowSeconds} s`,
      };
    },
};

/** Currencies of the window that ends with this sale; undefined where there is none but its own, as nearly always. */
function currenciesWithin(
  history: CustomerHistory,
  { timeMs, currency }: FraudTransaction,
  windowSeconds: number,
): string[] | undefined {
  const fromMs = timeMs - windowSeconds * 1000;
  let seen: string[] | undefined;
  for (const { timeMs: earlierMs, currency: other } of history.recentUntil(timeMs)) {
    if (earlierMs <= fromMs) break;
    if (other !== currency && seen?.includes(other) !== true) (seen ??= [currency]).push(other);
  }
  return seen;
}
