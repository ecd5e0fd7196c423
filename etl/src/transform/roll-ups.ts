import { currencyExponent, formatMinor, type CurrencyExponent } from '@pulse/contract';

import type { ValidTransaction } from '../batch/valid-transaction.ts';
import { utcDay, type JudgedTransaction } from './judge-transaction.ts';

interface MinuteSums {
  readonly minuteMs: number;
  readonly productCategory: string;
  readonly currency: string;
  readonly country: string;
  transactionCount: number;
  flaggedCount: number;
  amountMinor: bigint;
  taxMinor: bigint;
  totalMinor: bigint;
  amountBaseMinor: bigint;
  taxBaseMinor: bigint;
}

interface DaySums {
  readonly day: string;
  transactionCount: number;
  flaggedCount: number;
  amountBaseMinor: bigint;
  lastTransactionMs: number;
}

interface CustomerSums {
  readonly customerId: string;
  /** By UTC day. */
  readonly days: Map<string, DaySums>;
  squaresBaseMinor: bigint;
  firstTransactionMs: number;
  lastTransactionMs: number;
  lastCountry: string;
  lastCurrency: string;
}

const minuteMs = 60_000;

/** What a batch adds to the roll-ups and the customers' profiles, counted as its rows are made. */
export class RollUps {
  readonly #baseExponent: CurrencyExponent;
  readonly #markets = new MarketNumbers();
  /** By minute since 1970, then by market number. */
  readonly #minutes = new Map<number, MinuteSums[]>();
  readonly #customers = new Map<string, CustomerSums>();

  constructor(baseExponent: CurrencyExponent) {
    this.#baseExponent = baseExponent;
  }

  add(transaction: ValidTransaction, judged: JudgedTransaction): void {
    const flagged = judged.fraud.decision === 'clear' ? 0 : 1;
    this.#addToMinute(transaction, judged, flagged);
    this.#addToCustomer(transaction, judged.amountBaseMinor, flagged);
  }

  /** Rows of sales_per_minute: its columns in the table's order, amounts as text in major units. */
  *minuteRows(): Generator<(string | number)[]> {
    for (const sums of allMarkets(this.#minutes)) {
      const exponent = currencyExponent(sums.currency) ?? 2;
      yield [
        new Date(sums.minuteMs).toISOString(),
        sums.productCategory,
        sums.currency,
        sums.country,
        sums.transactionCount,
        sums.flaggedCount,
        formatMinor(sums.amountMinor, exponent),
        formatMinor(sums.taxMinor, exponent),
        formatMinor(sums.totalMinor, exponent),
        formatMinor(sums.amountBaseMinor, this.#baseExponent),
        formatMinor(sums.taxBaseMinor, this.#baseExponent),
      ];
    }
  }

  /** Rows of customer_days: its columns in the table's order. */
  *customerDayRows(): Generator<(string | number)[]> {
    for (const { customerId, days } of this.#customers.values()) {
      for (const sums of days.values()) {
        yield [
          sums.day,
          customerId,
          sums.transactionCount,
          sums.flaggedCount,
          formatMinor(sums.amountBaseMinor, this.#baseExponent),
          new Date(sums.lastTransactionMs).toISOString(),
        ];
      }
    }
  }

  /** Rows of customer_profiles: its columns in the table's order. */
  *profileRows(): Generator<(string | number | null)[]> {
    for (const sums of this.#customers.values()) {
      const days = [...sums.days.values()];
      const amountBaseMinor = days.reduce((total, day) => total + day.amountBaseMinor, 0n);
      yield [
        sums.customerId,
        days.reduce((total, day) => total + day.transactionCount, 0),
        formatMinor(amountBaseMinor, this.#baseExponent),
        squareText(sums.squaresBaseMinor, this.#baseExponent),
        new Date(sums.firstTransactionMs).toISOString(),
        new Date(sums.lastTransactionMs).toISOString(),
        sums.lastCountry === '' ? null : sums.lastCountry,
        sums.lastCurrency,
      ];
    }
  }

  #addToMinute(t: ValidTransaction, judged: JudgedTransaction, flagged: number): void {
    const minute = Math.floor(t.timestampMs / minuteMs);
    let markets = this.#minutes.get(minute);
    if (markets === undefined) this.#minutes.set(minute, (markets = []));
    const market = this.#markets.numberOf(t);
    const sums = (markets[market] ??= newMinute(minute * minuteMs, t));
    sums.transactionCount += 1;
    sums.flaggedCount += flagged;
    sums.amountMinor += t.amountMinor;
    sums.taxMinor += judged.taxMinor;
    sums.amountBaseMinor += judged.amountBaseMinor;
    sums.taxBaseMinor += judged.taxBaseMinor;
    sums.totalMinor += judged.totalMinor;
  }

  #addToCustomer(t: ValidTransaction, amountBaseMinor: bigint, flagged: number): void {
    let customer = this.#customers.get(t.customerId);
    if (customer === undefined) {
      customer = newCustomer(t);
      this.#customers.set(customer.customerId, customer);
    }
    const day = utcDay(t.timestampMs);
    let sums = customer.days.get(day);
    if (sums === undefined) customer.days.set(day, (sums = newDay(day, t.timestampMs)));
    sums.transactionCount += 1;
    sums.flaggedCount += flagged;
    sums.amountBaseMinor += amountBaseMinor;
    sums.lastTransactionMs = Math.max(sums.lastTransactionMs, t.timestampMs);

    customer.squaresBaseMinor += amountBaseMinor * amountBaseMinor;
    customer.firstTransactionMs = Math.min(customer.firstTransactionMs, t.timestampMs);
    if (t.timestampMs < customer.lastTransactionMs) return;
    customer.lastTransactionMs = t.timestampMs;
    if (customer.lastCountry !== t.country) customer.lastCountry = ownText(t.country);
    if (customer.lastCurrency !== t.currency) customer.lastCurrency = ownText(t.currency);
  }
}

/** Small numbers for combinations of category, currency and country: quicker to find than a text made of the three. */
class MarketNumbers {
  readonly #numbers = new Map<string, Map<string, Map<string, number>>>();
  #next = 0;

  numberOf({ productCategory, currency, country }: ValidTransaction): number {
    let currencies = this.#numbers.get(productCategory);
    if (currencies === undefined) this.#numbers.set(ownText(productCategory), (currencies = new Map()));
    let countries = currencies.get(currency);
    if (countries === undefined) currencies.set(ownText(currency), (countries = new Map()));
    let number = countries.get(country);
    if (number === undefined) {
      number = this.#next;
      this.#next += 1;
      countries.set(ownText(country), number);
    }
    return number;
  }
}

function* allMarkets(minutes: ReadonlyMap<number, readonly MinuteSums[]>): Generator<MinuteSums> {
  // Markets without a sale in a minute leave a hole, which forEach and Object.values pass over.
  for (const markets of minutes.values()) yield* Object.values(markets);
}

function newMinute(minuteStartMs: number, t: ValidTransaction): MinuteSums {
  const market = {
    productCategory: ownText(t.productCategory),
    currency: ownText(t.currency),
    country: ownText(t.country),
  };
  return { minuteMs: minuteStartMs, ...market, ...noSales() };
}

function newDay(day: string, lastTransactionMs: number): DaySums {
  return { day, transactionCount: 0, flaggedCount: 0, amountBaseMinor: 0n, lastTransactionMs };
}

function noSales() {
  return {
    transactionCount: 0,
    flaggedCount: 0,
    amountMinor: 0n,
    taxMinor: 0n,
    totalMinor: 0n,
    amountBaseMinor: 0n,
    taxBaseMinor: 0n,
  };
}

function newCustomer({ customerId, timestampMs, country, currency }: ValidTransaction): CustomerSums {
  return {
    customerId: ownText(customerId),
    days: new Map(),
    squaresBaseMinor: 0n,
    firstTransactionMs: timestampMs,
    lastTransactionMs: timestampMs,
    lastCountry: ownText(country),
    lastCurrency: ownText(currency),
  };
}

/** The same text with memory of its own: one that was cut from a chunk of a file keeps the whole chunk alive. */
function ownText(text: string): string {
  return Buffer.from(text).toString();
}

/** A sum of squares of minor units as decimal text of major units: twice the currency's decimals. */
function squareText(squaresMinor: bigint, exponent: CurrencyExponent): string {
  const decimals = exponent * 2;
  if (decimals === 0) return squaresMinor.toString();
  const digits = squaresMinor.toString().padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
