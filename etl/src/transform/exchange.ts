import { divideRounded, parseDecimal, powerOfTen, type Decimal, type RoundingMode } from './rational.ts';

/** One unit of the base currency is worth `rate` units of `quote`, as published on `validFrom`. */
export interface ExchangeRate {
  readonly quote: string;
  readonly rate: string;
  /** YYYY-MM-DD. */
  readonly validFrom: string;
}

interface FoundRate {
  readonly kind: 'found';
  /** Units of the currency for one unit of the base currency. */
  readonly rate: string;
  readonly date: string;
  readonly decimal: Decimal;
}

type RateLookup =
  | FoundRate
  | { readonly kind: 'missing' }
  /** The last rate at or before the day is older than allowed. */
  | { readonly kind: 'stale'; readonly date: string };

export interface ExchangeTable {
  /** The last rate published at or before the day, given as YYYY-MM-DD in UTC. */
  find(currency: string, day: string): RateLookup;
}

const dayMs = 86_400_000;

/** Rates against one base currency, for the days that a batch has. */
export function createExchangeTable(
  baseCurrency: string,
  rates: readonly ExchangeRate[],
  ageMaxDays: number,
): ExchangeTable {
  const byCurrency = new Map<string, FoundRate[]>();
  for (const { quote, rate, validFrom } of rates) {
    const list = byCurrency.get(quote) ?? [];
    list.push({ kind: 'found', rate, date: validFrom, decimal: parseDecimal(rate) });
    byCurrency.set(quote, list);
  }
  for (const list of byCurrency.values()) list.sort((a, b) => (a.date < b.date ? 1 : -1));

  const known = new Map<string, RateLookup>();
  const look = (currency: string, day: string): RateLookup => {
    if (currency === baseCurrency) return { kind: 'found', rate: '1', date: day, decimal: { digits: 1n, scale: 0 } };
    const found = byCurrency.get(currency)?.find(({ date }) => date <= day);
    if (found === undefined) return { kind: 'missing' };
    const ageDays = (Date.parse(day) - Date.parse(found.date)) / dayMs;
    return ageDays > ageMaxDays ? { kind: 'stale', date: found.date } : found;
  };
  return {
    find: (currency, day) => {
      const key = `${currency}${day}`;
      const lookup = known.get(key) ?? look(currency, day);
      known.set(key, lookup);
      return lookup;
    },
  };
}

/** An amount in minor units of its currency, in minor units of the base currency: exact, and rounded once. */
export function convertToBase(
  amountMinor: bigint,
  exponent: number,
  rate: Decimal,
  baseExponent: number,
  mode: RoundingMode,
): bigint {
  const numerator = amountMinor * powerOfTen(rate.scale + baseExponent);
  return divideRounded(numerator, rate.digits * powerOfTen(exponent), mode);
}
