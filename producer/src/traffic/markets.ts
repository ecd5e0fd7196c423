import { currencyExponent, type CurrencyExponent } from '@pulse/contract';

/** A country that is sold to. Amounts are drawn in dollars and scaled, so that yen look like yen. */
export interface Market {
  readonly country: string;
  readonly currency: string;
  readonly exponent: CurrencyExponent;
  /** Roughly how many units one US dollar buys. For plausible amounts only; nothing is converted with it. */
  readonly unitsPerDollar: number;
  /** The shop's clock, as written into timestamps. Standard time all year round. */
  readonly utcOffsetMinutes: number;
  /** Share of the customers, in no unit. */
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

/** Markets that share a border by land, of those above: people there shop on both sides. */
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

/** The markets on the other side of a market's borders. */
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
  if (exponent === undefined) throw new Error(`market ${country} uses ${currency}, which the contract does not know`);
  return { country, currency, exponent, unitsPerDollar, utcOffsetMinutes, weight };
}
