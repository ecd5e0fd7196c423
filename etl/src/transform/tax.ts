import { divideRounded, parseDecimal, powerOfTen, type Decimal, type RoundingMode } from './rational.ts';

/** One tax rule, as the table tax_rates has it; '*' stands for any country, region or category. */
export interface TaxRate {
  readonly country: string;
  readonly region: string;
  readonly productCategory: string;
  /** Share of the amount, as "0.085". */
  readonly rate: string;
  /** True where the amount already holds the tax, so that total = amount. */
  readonly isInclusive: boolean;
  readonly roundingMode: RoundingMode;
  /** Tax is rounded to a multiple of so many minor units. */
  readonly roundingIncrementMinor: number;
  /** YYYY-MM-DD, inclusive. */
  readonly validFrom: string;
  /** YYYY-MM-DD, exclusive; null without end. */
  readonly validTo: string | null;
}

export interface Tax {
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
}

/** Tax rules, prepared for finding the one that counts. */
export interface TaxTable {
  /** The most specific rule valid on the date, or undefined. An empty country means US, as in the original. */
  find(country: string, productCategory: string, localDate: string): PreparedTaxRate | undefined;
}

export interface PreparedTaxRate extends TaxRate {
  readonly decimal: Decimal;
  /** Country, with region and category where they are named. */
  readonly jurisdiction: string;
}

const homeCountry = 'US';
const any = '*';

export function createTaxTable(rates: readonly TaxRate[]): TaxTable {
  const byScope = new Map<string, PreparedTaxRate[]>();
  // A message names no region, so a region's rule can not be told to fit.
  for (const rate of rates.filter(({ region }) => region === any)) {
    const key = scopeKey(rate.country, rate.productCategory);
    const prepared = { ...rate, decimal: parseDecimal(rate.rate), jurisdiction: jurisdictionOf(rate) };
    byScope.set(key, [...(byScope.get(key) ?? []), prepared]);
  }
  const findIn = (country: string, category: string, date: string): PreparedTaxRate | undefined =>
    byScope
      .get(scopeKey(country, category))
      ?.find(({ validFrom, validTo }) => validFrom <= date && (validTo === null || date < validTo));
  return {
    find: (messageCountry, category, date) => {
      const country = messageCountry === '' ? homeCountry : messageCountry;
      return (
        findIn(country, category, date) ??
        findIn(country, any, date) ??
        findIn(any, category, date) ??
        findIn(any, any, date)
      );
    },
  };
}

/**
 * Tax and total of an amount in minor units, exact and rounded once.
 * Exclusive: tax = amount × rate. Inclusive: tax = amount × rate / (1 + rate), and the total is the amount.
 */
export function computeTax(amountMinor: bigint, rate: PreparedTaxRate): Tax {
  const { digits, scale } = rate.decimal;
  const one = powerOfTen(scale);
  const increment = BigInt(rate.roundingIncrementMinor);
  const divisor = rate.isInclusive ? one + digits : one;
  const taxMinor = divideRounded(amountMinor * digits, divisor * increment, rate.roundingMode) * increment;
  return { taxMinor, totalMinor: rate.isInclusive ? amountMinor : amountMinor + taxMinor };
}

function scopeKey(country: string, category: string): string {
  return `${country}\t${category}`;
}

function jurisdictionOf({ country, region, productCategory }: TaxRate): string {
  const place = region === any ? country : `${country}-${region}`;
  return productCategory === any ? place : `${place}/${productCategory}`;
}
