import { currencyExponent, type CurrencyExponent } from '@pulse/contract';

/** @throws Error for a currency that validation would have rejected. */
export function exponentOf(currency: string): CurrencyExponent {
  const exponent = currencyExponent(currency);
  if (exponent === undefined) throw new Error(`${currency} passed validation without a known exponent`);
  return exponent;
}
