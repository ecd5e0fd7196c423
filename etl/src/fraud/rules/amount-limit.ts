import * as z from 'zod';

import { amountParameter, amountText, minorOf } from '../parameters.ts';
import type { FraudRule } from '../rule.ts';

const parameters = z.strictObject({
  /** Amounts above it are found. */
  limit: amountParameter,
});

/**
 * An amount above a limit, both in the base currency: the original's rule, in money that can be compared. It needs no history
 * and is the only rule that looks at the amount alone.
 */
export const amountLimit: FraudRule<z.output<typeof parameters>> = {
  id: 'amount_limit',
  version: 1,
  parameters,
  prepare: ({ limit }, exponent) => {
    const limitMinor = minorOf(limit, exponent);
    const threshold = amountText(limitMinor, exponent);
    return ({ amountBaseMinor }) =>
      amountBaseMinor <= limitMinor ? undefined : { observed: amountText(amountBaseMinor, exponent), threshold };
  },
  measure: ({ limit }, exponent) => {
    const threshold = amountText(minorOf(limit, exponent), exponent);
    return ({ amountBaseMinor }) => ({ observed: amountText(amountBaseMinor, exponent), threshold });
  },
};
