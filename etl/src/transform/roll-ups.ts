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

interface CustomerDaySums {
  readonly day: string;
  readonly customerId: string;
  transactionCount: number;
  flaggedCount: number;
  amountBaseMinor: bigint;
  lastTransactionMs: number;
}

interface ProfileSums {
  readonly customerId: string;
  transactionCount: number;
  amountBaseMinor: bigint;
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
  readonly #minutes = new Map<string, MinuteSums>();
  readonly #customerDays = new Map<string, CustomerDaySums>();
  readonly #profiles = new Map<string, ProfileSums>();

  constructor(baseExponent: CurrencyExponent) {
    this.#baseExponent = baseExponent;
  }

  add(transaction: ValidTransaction, judged: JudgedTransaction): void {
    const flagged = judged.fraud.decision === 'clear' ? 0 : 1;
    this.#addToMinute(transaction, judged, flagged);
    this.#addToCustomerDay(transaction, judged, flagged);
    this.#addToProfile(transaction, judged);
  }

  /** Rows of sales_per_minute: its columns in the table's order, amounts as text in major units. */
  *minuteRows(): Generator<(string | number)[]> {
    for (const sums of this.#minutes.values()) {
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
    for (const sums of this.#customerDays.values()) {
      yield [
        sums.day,
        sums.customerId,
        sums.transactionCount,
        sums.flaggedCount,
        formatMinor(sums.amountBaseMinor, this.#baseExponent),
        new Date(sums.lastTransactionMs).toISOString(),
      ];
    }
  }

  /** Rows of customer_profiles: its columns in the table's order. */
  *profileRows(): Generator<(string | number | null)[]> {
    for (const sums of this.#profiles.values()) {
      yield [
        sums.customerId,
        sums.transactionCount,
        formatMinor(sums.amountBaseMinor, this.#baseExponent),
        squareText(sums.squaresBaseMinor, this.#baseExponent),
        new Date(sums.firstTransactionMs).toISOString(),
        new Date(sums.lastTransactionMs).toISOString(),
        sums.lastCountry === '' ? null : sums.lastCountry,
        sums.lastCurrency,
      ];
    }
  }

  #addToMinute(t: ValidTransaction, judged: JudgedTransaction, flagged: number): void {
    const minute = Math.floor(t.timestampMs / minuteMs) * minuteMs;
    const key = `${minute}\t${t.productCategory}\t${t.currency}${t.country}`;
    let sums = this.#minutes.get(key);
    if (sums === undefined) {
      const { productCategory, currency, country } = t;
      sums = { minuteMs: minute, productCategory, currency, country, ...noSales() };
      this.#minutes.set(key, sums);
    }
    sums.transactionCount += 1;
    sums.flaggedCount += flagged;
    sums.amountMinor += t.amountMinor;
    sums.taxMinor += judged.taxMinor;
    sums.totalMinor += judged.totalMinor;
    sums.amountBaseMinor += judged.amountBaseMinor;
    sums.taxBaseMinor += judged.taxBaseMinor;
  }

  #addToCustomerDay(t: ValidTransaction, judged: JudgedTransaction, flagged: number): void {
    const day = utcDay(t.timestampMs);
    const key = `${day}${t.customerId}`;
    let sums = this.#customerDays.get(key);
    if (sums === undefined) {
      const { customerId, timestampMs: lastTransactionMs } = t;
      sums = { day, customerId, transactionCount: 0, flaggedCount: 0, amountBaseMinor: 0n, lastTransactionMs };
      this.#customerDays.set(key, sums);
    }
    sums.transactionCount += 1;
    sums.flaggedCount += flagged;
    sums.amountBaseMinor += judged.amountBaseMinor;
    sums.lastTransactionMs = Math.max(sums.lastTransactionMs, t.timestampMs);
  }

  #addToProfile(t: ValidTransaction, { amountBaseMinor }: JudgedTransaction): void {
    let sums = this.#profiles.get(t.customerId);
    if (sums === undefined) {
      sums = newProfile(t);
      this.#profiles.set(t.customerId, sums);
    }
    sums.transactionCount += 1;
    sums.amountBaseMinor += amountBaseMinor;
    sums.squaresBaseMinor += amountBaseMinor * amountBaseMinor;
    sums.firstTransactionMs = Math.min(sums.firstTransactionMs, t.timestampMs);
    if (t.timestampMs < sums.lastTransactionMs) return;
    sums.lastTransactionMs = t.timestampMs;
    sums.lastCountry = t.country;
    sums.lastCurrency = t.currency;
  }
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

function newProfile({ customerId, timestampMs, country, currency }: ValidTransaction): ProfileSums {
  return {
    customerId,
    transactionCount: 0,
    amountBaseMinor: 0n,
    squaresBaseMinor: 0n,
    firstTransactionMs: timestampMs,
    lastTransactionMs: timestampMs,
    lastCountry: country,
    lastCurrency: currency,
  };
}

/** A sum of squares of minor units as decimal text of major units: twice the currency's decimals. */
function squareText(squaresMinor: bigint, exponent: CurrencyExponent): string {
  const decimals = exponent * 2;
  if (decimals === 0) return squaresMinor.toString();
  const digits = squaresMinor.toString().padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
