import { currencyExponent, type CurrencyExponent } from '@pulse/contract';

/** What a sale is counted by, besides its time. */
export interface Market {
  readonly productCategory: string;
  /** ISO 4217. */
  readonly currency: string;
  /** ISO 3166-1 alpha-2, or empty. */
  readonly country: string;
}

/** @throws Error for a currency that validation would have rejected. */
export function exponentOf(currency: string): CurrencyExponent {
  const exponent = currencyExponent(currency);
  if (exponent === undefined) throw new Error(`${currency} passed validation without a known exponent`);
  return exponent;
}
