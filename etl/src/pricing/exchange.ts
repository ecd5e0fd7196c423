import { currencyExponent, type CurrencyExponent } from '@pulse/contract';

import {
  createMultiplier,
  multiplyDecimals,
  parseDecimal,
  powerOfTen,
  type Multiplier,
  type RoundingMode,
} from './rational.ts';

/** One unit of `base` is worth `rate` units of `quote`, as published on `validFrom`. */
export interface ExchangeRate {
  readonly base: string;
  readonly quote: string;
  readonly rate: string;
  /** YYYY-MM-DD, the UTC day of publication. */
  readonly validFrom: string;
  /** YYYY-MM-DD, the day after the last one that the rate was published for; `infinity` of an irrevocable rate. */
  readonly validTo: string;
  /** Made up, for development and tests: it counts where no other one does. */
  readonly isSample: boolean;
}

/** What amounts are converted to, and how. */
export interface ExchangeRules {
  readonly baseCurrency: string;
  readonly baseExponent: CurrencyExponent;
  /** A rate older than this on the day of the sale is stale, unless it is still valid. */
  readonly ageMaxDays: number;
  readonly rounding: RoundingMode;
}

/** What a sale's row says of the rate that counted. */
export interface AppliedExchangeRate {
  /** Units of the currency for one unit of the base currency, or of what was crossed through. */
  readonly rate: string;
  /** Units of the base currency for one unit of what was crossed through; undefined where nothing was. */
  readonly crossRate: string | undefined;
  /** The day of publication, YYYY-MM-DD; of two crossed rates the earlier one, and never that of an irrevocable one. */
  readonly date: string;
}

interface FoundRate extends AppliedExchangeRate {
  readonly kind: 'found';
  /** Minor units of the currency as minor units of the base currency: exact, and rounded once. */
  readonly convert: Multiplier;
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

/** What others are quoted against, by the European Central Bank and by most: two such rates make the one between them. */
export const crossingCurrencies = ['EUR', 'USD'] as const;

/**
 * Rates for one base currency, for the days that a batch has. A rate published against the base currency comes before one
 * published the other way round, and that before two crossed through the euro or the dollar; but a real one before a made-up
 * one, and a fresh one before a stale one. A currency that the euro took the place of is converted into euros at its
 * irrevocable rate, and from there like any euro.
 */
export function createExchangeTable(rates: readonly ExchangeRate[], rules: ExchangeRules): ExchangeTable {
  const pairs = new PairRates(rates, rules.ageMaxDays);
  const known = new Map<string, Map<string, RateLookup>>();
  return {
    find: (currency, day) => {
      let days = known.get(currency);
      if (days === undefined) known.set(currency, (days = new Map()));
      let lookup = days.get(day);
      if (lookup === undefined) days.set(day, (lookup = lookUp(pairs, rules, currency, day)));
      return lookup;
    },
  };
}

function lookUp(pairs: PairRates, rules: ExchangeRules, currency: string, day: string): RateLookup {
  const { baseCurrency } = rules;
  if (currency === baseCurrency) return found(rules, currency, { rate: '1', date: day });
  const quote = bestQuote(pairs, baseCurrency, currency, day);
  if (quote === undefined) return { kind: 'missing' };
  return quote.isFresh ? found(rules, currency, quote) : { kind: 'stale', date: quote.date };
}

/** The quote that counts; where none is fresh, the newest. */
function bestQuote(pairs: PairRates, base: string, currency: string, day: string): Quote | undefined {
  const quotes = [
    throughEuro(pairs, base, currency, day),
    pairs.last(base, currency, day),
    reversed(pairs.last(currency, base, day)),
    ...crossingCurrencies.map((through) => crossed(pairs.last(through, currency, day), pairs.last(through, base, day))),
  ].filter((quote) => quote !== undefined);
  return (
    quotes.find(({ isFresh, isSample }) => isFresh && !isSample) ??
    quotes.find(({ isFresh }) => isFresh) ??
    quotes.toSorted((a, b) => (a.date < b.date ? 1 : -1)).at(0)
  );
}

const euro = 'EUR';

/** Only of a currency that the euro has taken the place of by the day. */
function throughEuro(pairs: PairRates, base: string, currency: string, day: string): Quote | undefined {
  const irrevocable = pairs.last(euro, currency, day);
  if (irrevocable?.isIrrevocable !== true) return undefined;
  if (base === euro) return irrevocable;
  const ofEuro = bestQuote(pairs, base, euro, day);
  if (ofEuro === undefined) return undefined;
  return { ...ofEuro, rate: multiplyDecimals(irrevocable.rate, ofEuro.rate, rateScaleMax) };
}

/** Decimals that the warehouse keeps of a rate: what is stored is what was converted by. */
const rateScaleMax = 12;

interface Quote {
  readonly rate: string;
  readonly crossRate?: string;
  readonly date: string;
  readonly isFresh: boolean;
  readonly isSample: boolean;
  readonly isIrrevocable: boolean;
}

/** A rate published for one unit of the currency: crossed through the currency itself. */
function reversed(quote: Quote | undefined): Quote | undefined {
  return quote === undefined ? undefined : { ...quote, rate: '1', crossRate: quote.rate };
}

function crossed(ofCurrency: Quote | undefined, ofBase: Quote | undefined): Quote | undefined {
  if (ofCurrency === undefined || ofBase === undefined) return undefined;
  return {
    rate: ofCurrency.rate,
    crossRate: ofBase.rate,
    date: earlierDate(ofCurrency, ofBase),
    isFresh: ofCurrency.isFresh && ofBase.isFresh,
    isSample: ofCurrency.isSample || ofBase.isSample,
    isIrrevocable: ofCurrency.isIrrevocable && ofBase.isIrrevocable,
  };
}

function earlierDate(a: Quote, b: Quote): string {
  if (a.isIrrevocable !== b.isIrrevocable) return a.isIrrevocable ? b.date : a.date;
  return a.date < b.date ? a.date : b.date;
}

function found(
  rules: ExchangeRules,
  currency: string,
  { rate, crossRate, date }: Pick<Quote, 'rate' | 'crossRate' | 'date'>,
): FoundRate {
  const exponent = currencyExponent(currency);
  if (exponent === undefined) throw new Error(`there is an exchange rate of ${currency}, which is no known currency`);
  const convert = createConversion({ rate, crossRate, exponent, ...rules });
  return { kind: 'found', rate, crossRate, date, convert };
}

/** How amounts of one currency become amounts of the base currency. */
export interface Conversion {
  /** Units of the currency for one unit of the base currency, or of what is crossed through. */
  readonly rate: string;
  /** Units of the base currency for one unit of what is crossed through. */
  readonly crossRate: string | undefined;
  readonly exponent: CurrencyExponent;
  readonly baseExponent: CurrencyExponent;
  readonly rounding: RoundingMode;
}

/** Minor units × crossRate / rate, in minor units of the base currency: exact, and rounded once. */
export function createConversion(conversion: Conversion): Multiplier {
  const divisor = parseDecimal(conversion.rate);
  const factor = parseDecimal(conversion.crossRate ?? '1');
  return createMultiplier(
    factor.digits * powerOfTen(divisor.scale + conversion.baseExponent),
    divisor.digits * powerOfTen(factor.scale + conversion.exponent),
    conversion.rounding,
  );
}

const dayMs = 86_400_000;

/** PostgreSQL's spelling of a day that never comes; as text it comes after every other one. */
export const endless = 'infinity';

/** Published rates by pair of currencies. */
class PairRates {
  /** Newest first. */
  readonly #pairs = new Map<string, ExchangeRate[]>();
  readonly #ageMaxDays: number;

  constructor(rates: readonly ExchangeRate[], ageMaxDays: number) {
    this.#ageMaxDays = ageMaxDays;
    for (const rate of rates) {
      const key = `${rate.base}/${rate.quote}`;
      const list = this.#pairs.get(key);
      if (list === undefined) this.#pairs.set(key, [rate]);
      else list.push(rate);
    }
    for (const list of this.#pairs.values()) list.sort((a, b) => (a.validFrom < b.validFrom ? 1 : -1));
  }

  /** The last rate published at or before the day; undefined where none was. */
  last(base: string, quote: string, day: string): Quote | undefined {
    const rate = this.#pairs.get(`${base}/${quote}`)?.find(({ validFrom }) => validFrom <= day);
    if (rate === undefined) return undefined;
    const ageDays = (Date.parse(day) - Date.parse(rate.validFrom)) / dayMs;
    return {
      rate: rate.rate,
      date: rate.validFrom,
      isFresh: ageDays <= this.#ageMaxDays || day < rate.validTo,
      isSample: rate.isSample,
      isIrrevocable: rate.validTo === endless,
    };
  }
}
