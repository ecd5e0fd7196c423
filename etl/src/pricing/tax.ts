import { createMultiplier, parseDecimal, powerOfTen, type Multiplier, type RoundingMode } from './rational.ts';

/** One tax rule, as the table tax_rates has it; '*' stands for any region or category. */
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
  /** Two sources agree on it, or an operator has verified it. */
  readonly isVerified: boolean;
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
  /**
   * The most specific rule valid on the date: region and category, then region, then category, then country. Undefined
   * where none is. An empty country means US, as in the original; an empty region none.
   */
  find(country: string, region: string, productCategory: string, localDate: string): PreparedTaxRate | undefined;
}

/** What a sale's row says of the rule that counted. */
export interface AppliedTaxRate {
  /** Share of the amount, as "0.085". */
  readonly rate: string;
  /** Country, with region and category where they are named. */
  readonly jurisdiction: string;
}

export interface PreparedTaxRate extends TaxRate, AppliedTaxRate {
  /** Tax of an amount in minor units, as a number of rounding increments. */
  readonly incrementsOfTax: Multiplier;
  readonly increment: bigint;
}

const homeCountry = 'US';
const any = '*';

export function createTaxTable(rates: readonly TaxRate[]): TaxTable {
  const countries = new Map<string, CountryRules>();
  for (const rate of rates) {
    let country = countries.get(rate.country);
    if (country === undefined) countries.set(rate.country, (country = new CountryRules()));
    country.add(prepare(rate));
  }
  return {
    find: (country, region, category, date) =>
      countries.get(country === '' ? homeCountry : country)?.find(region, category, date),
  };
}

/** The rules of one country, by region and category. */
class CountryRules {
  readonly #regions = new Map<string, Map<string, RulesInTime>>();

  add(rate: PreparedTaxRate): void {
    let categories = this.#regions.get(rate.region);
    if (categories === undefined) this.#regions.set(rate.region, (categories = new Map()));
    const rules = categories.get(rate.productCategory);
    if (rules === undefined) categories.set(rate.productCategory, new RulesInTime(rate));
    else rules.add(rate);
  }

  find(region: string, category: string, date: string): PreparedTaxRate | undefined {
    const regional = region === '' ? undefined : findIn(this.#regions.get(region), category, date);
    return regional ?? findIn(this.#regions.get(any), category, date);
  }
}

function findIn(
  categories: ReadonlyMap<string, RulesInTime> | undefined,
  category: string,
  date: string,
): PreparedTaxRate | undefined {
  return categories?.get(category)?.on(date) ?? categories?.get(any)?.on(date);
}

/** Rules for the same scope, whose validity never overlaps; remembers the last one, for sales of a day stand together. */
class RulesInTime {
  readonly #rules: PreparedTaxRate[];
  #last: PreparedTaxRate;

  constructor(rule: PreparedTaxRate) {
    this.#rules = [rule];
    this.#last = rule;
  }

  add(rule: PreparedTaxRate): void {
    this.#rules.push(rule);
  }

  on(date: string): PreparedTaxRate | undefined {
    if (isValid(this.#last, date)) return this.#last;
    const rule = this.#rules.find((candidate) => isValid(candidate, date));
    if (rule !== undefined) this.#last = rule;
    return rule;
  }
}

function isValid({ validFrom, validTo }: TaxRate, date: string): boolean {
  return validFrom <= date && (validTo === null || date < validTo);
}

function prepare(rate: TaxRate): PreparedTaxRate {
  const decimal = parseDecimal(rate.rate);
  const one = powerOfTen(decimal.scale);
  const divisor = rate.isInclusive ? one + decimal.digits : one;
  const increment = BigInt(rate.roundingIncrementMinor);
  return {
    ...rate,
    incrementsOfTax: createMultiplier(decimal.digits, divisor * increment, rate.roundingMode),
    increment,
    jurisdiction: jurisdictionOf(rate),
  };
}

/**
 * Tax and total of an amount in minor units, exact and rounded once.
 * Exclusive: tax = amount × rate. Inclusive: tax = amount × rate / (1 + rate), and the total is the amount.
 */
export function computeTax(amountMinor: bigint, rate: PreparedTaxRate): Tax {
  const increments = rate.incrementsOfTax(amountMinor);
  const taxMinor = rate.increment === 1n ? increments : increments * rate.increment;
  return { taxMinor, totalMinor: rate.isInclusive ? amountMinor : amountMinor + taxMinor };
}

function jurisdictionOf({ country, region, productCategory }: TaxRate): string {
  const place = region === any ? country : `${country}-${region}`;
  return productCategory === any ? place : `${place}/${productCategory}`;
}
