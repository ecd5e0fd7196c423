import { currencyExponent, type CurrencyExponent } from '@pulse/contract';

/** A country with customers. Amounts are drawn in dollars and scaled to its currency. */
export interface Market {
  readonly country: string;
  readonly currency: string;
  readonly exponent: CurrencyExponent;
  /** The approximate price of one US dollar, for plausible amounts only: it is not an exchange rate. */
  readonly unitsPerDollar: number;
  /** The offset of the shop's timestamps: standard time all year. */
  readonly utcOffsetMinutes: number;
  /** The number of customers, relative to the other markets. */
  readonly weight: number;
}

export const markets: readonly [Market, ...Market[]] = [
  market('US', 'USD', 1, -300, 40),
  market('GB', 'GBP', 0.78, 0, 10),
  market('DE', 'EUR', 0.92, 60, 10),
  market('FR', 'EUR', 0.92, 60, 7),
  market('IT', 'EUR', 0.92, 60, 4),
  market('ES', 'EUR', 0.92, 60, 4),
  market('NL', 'EUR', 0.92, 60, 3),
  market('JP', 'JPY', 150, 540, 7),
  market('CA', 'CAD', 1.37, -300, 5),
  market('AU', 'AUD', 1.52, 600, 4),
  market('CH', 'CHF', 0.88, 60, 2),
  market('SE', 'SEK', 10.5, 60, 1),
  market('PL', 'PLN', 4, 60, 1),
  market('KR', 'KRW', 1380, 540, 1),
  market('KW', 'KWD', 0.307, 180, 1),
];

/** Markets with a common land border, where people shop on both sides. */
const borders: Readonly<Record<string, readonly string[]>> = {
  US: ['CA'],
  CA: ['US'],
  DE: ['FR', 'NL', 'CH', 'PL'],
  FR: ['DE', 'IT', 'ES', 'CH'],
  IT: ['FR', 'CH'],
  ES: ['FR'],
  NL: ['DE'],
  CH: ['DE', 'FR', 'IT'],
  PL: ['DE'],
};

/** The markets across the borders of a market. */
export function neighboursOf({ country }: Market): readonly Market[] {
  return markets.filter((other) => borders[country]?.includes(other.country));
}

function market(
  country: string,
  currency: string,
  unitsPerDollar: number,
  utcOffsetMinutes: number,
  weight: number,
): Market {
  const exponent = currencyExponent(currency);
  if (exponent === undefined) throw new Error(`the contract has no currency ${currency}, of market ${country}`);
  return { country, currency, exponent, unitsPerDollar, utcOffsetMinutes, weight };
}
