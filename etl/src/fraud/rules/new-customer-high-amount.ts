import * as z from 'zod';

import { amountParameter, amountText, minorOf } from '../parameters.ts';
import type { FraudRule } from '../rule.ts';

const parameters = z.strictObject({
  /** Amounts above it are high for a new customer. */
  limit: amountParameter,
  /** A customer with so many earlier sales is new no longer. */
  historyCount: z.number().int().min(1),
});

/** A high amount from somebody who has bought nothing, or hardly anything, before. */
export const newCustomerHighAmount: FraudRule<z.output<typeof parameters>> = {
  id: 'new_customer_high_amount',
  version: 1,
  parameters,
  prepare: ({ limit, historyCount }, exponent) => {
    const limitMinor = minorOf(limit, exponent);
    const threshold = `${amountText(limitMinor, exponent)} before sale ${historyCount + 1}`;
    return ({ amountBaseMinor }, { transactionCount }) =>
      transactionCount >= historyCount || amountBaseMinor <= limitMinor
        ? undefined
        : { observed: `${amountText(amountBaseMinor, exponent)} at sale ${transactionCount + 1}`, threshold };
  },
  measure: ({ limit, historyCount }, exponent) => {
    const threshold = `${amountText(minorOf(limit, exponent), exponent)} before sale ${historyCount + 1}`;
    return ({ amountBaseMinor }, { transactionCount }) => ({
      observed: `${amountText(amountBaseMinor, exponent)} at sale ${transactionCount + 1}`,
      threshold,
    });
  },
};
