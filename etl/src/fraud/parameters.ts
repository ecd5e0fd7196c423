import { formatMinor, parseAmountMinor, type CurrencyExponent } from '@pulse/contract';
import * as z from 'zod';

import { recentCountMax, windowSecondsMax } from './customer-history.ts';

/** An amount in the base currency, as "1000.00". */
export const amountParameter = z
  .string()
  .regex(/^\d{1,15}(\.\d{1,4})?$/, 'expected an amount in the base currency, as "1000.00"');

/** A stretch of event time before the sale, in seconds. */
export const windowParameter = z.number().int().min(1).max(windowSecondsMax);

/** A number of sales within a window, this one counted. */
export const windowCountParameter = z.number().int().min(2).max(recentCountMax);

/** An amount parameter in minor units of the base currency. @throws RangeError for one finer than the currency. */
export function minorOf(amount: string, exponent: CurrencyExponent): bigint {
  const minor = parseAmountMinor(amount, exponent);
  if (minor === 'amount_zero') return 0n;
  if (typeof minor === 'string') throw new RangeError(`${amount} is no amount of the base currency: ${minor}`);
  return minor;
}

/** Minor units of the base currency, for people. */
export function amountText(minor: bigint, exponent: CurrencyExponent): string {
  return formatMinor(minor, exponent);
}
