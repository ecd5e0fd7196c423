import { formatMinor, type CurrencyExponent } from '@pulse/contract';
import { salesDimensionNames } from '@pulse/migrations/schema';

import { marketOf, type Market } from './market-numbers.ts';
import { grown } from '../../compact/typed-arrays.ts';
import { dayText, type PricedTransaction } from '../../pricing/price-transaction.ts';
import { SumColumn } from '../../compact/sum-column.ts';
import { exponentOf } from '../../pricing/known-exponent.ts';

const capacityMin = 1024;
const minuteMs = 60_000;

/** What of a sale is counted. */
export interface CountedSale {
  /** In minor units of the currency. */
  readonly amountMinor: bigint;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly timestampMs: number;
  /** Days since 1970, at the message's own offset: what its tax depends on. */
  readonly localDay: number;
  readonly marketNumber: number;
}

/**
 * Sales by minute, market (a value of each dimension) and day of their tax in typed arrays, in 68 bytes for each that
 * occurs: what a batch adds to sales_per_minute, sales_per_hour and tax_per_day.
 */
export class MinuteSales {
  readonly #baseExponent: CurrencyExponent;
  readonly #markets: readonly Market[];
  /** Place plus one, by a hash of minute and market; 0 is empty. At most half are taken. */
  #slots = new Uint32Array(capacityMin * 2);
  /** Minutes since 1970. */
  #minutes = new Int32Array(capacityMin);
  #localDays = new Int32Array(capacityMin);
  /** Of the first sale: market and day decide it. */
  readonly #taxRates: string[] = [];
  /** Whether another local day of the same minute and market came before. */
  readonly #isSplit: boolean[] = [];
  #marketNumbers = new Uint32Array(capacityMin);
  #counts = new Uint32Array(capacityMin);
  #flagged = new Uint32Array(capacityMin);
  readonly #amounts = new SumColumn();
  readonly #taxes = new SumColumn();
  readonly #totals = new SumColumn();
  readonly #amountsBase = new SumColumn();
  readonly #taxesBase = new SumColumn();
  #size = 0;

  /** @param markets - Each in the place of its number. */
  constructor(baseExponent: CurrencyExponent, markets: readonly Market[]) {
    this.#baseExponent = baseExponent;
    this.#markets = markets;
    this.#reserveSums(capacityMin);
  }

  add(sale: CountedSale, priced: PricedTransaction, isFlagged: boolean): void {
    const place = this.#placeOf(Math.floor(sale.timestampMs / minuteMs), sale, priced);
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    if (isFlagged) this.#flagged[place] = (this.#flagged[place] ?? 0) + 1;
    this.#amounts.add(place, sale.amountMinor);
    this.#taxes.add(place, priced.taxMinor);
    this.#totals.add(place, priced.totalMinor);
    this.#amountsBase.add(place, priced.amountBaseMinor);
    this.#taxesBase.add(place, priced.taxBaseMinor);
  }

  /**
   * Rows, minute by minute: the columns of sales_per_minute in the table's order, amounts as text in major units, then day and
   * rate of the tax, and whether it splits a minute: one that two local days have in common has a row for each.
   */
  *rows(): Generator<(string | number | boolean)[]> {
    const minutes = this.#minutes;
    const places = Uint32Array.from({ length: this.#size }, (_, place) => place);
    for (const place of places.sort((a, b) => (minutes[a] ?? 0) - (minutes[b] ?? 0))) yield this.#row(place);
  }

  #row(place: number): (string | number | boolean)[] {
    const market = marketOf(this.#markets, this.#marketNumbers[place] ?? 0);
    const exponent = exponentOf(market.currency);
    return [
      new Date((this.#minutes[place] ?? 0) * minuteMs).toISOString(),
      ...salesDimensionNames.map((name) => market[name]),
      this.#counts[place] ?? 0,
      this.#flagged[place] ?? 0,
      formatMinor(this.#amounts.sumOf(place), exponent),
      formatMinor(this.#taxes.sumOf(place), exponent),
      formatMinor(this.#totals.sumOf(place), exponent),
      formatMinor(this.#amountsBase.sumOf(place), this.#baseExponent),
      formatMinor(this.#taxesBase.sumOf(place), this.#baseExponent),
      dayText(this.#localDays[place] ?? 0),
      this.#taxRates[place] ?? '',
      this.#isSplit[place] ?? false,
    ];
  }

  #placeOf(minute: number, { marketNumber: market, localDay }: CountedSale, priced: PricedTransaction): number {
    const mask = this.#slots.length - 1;
    let slot = slotOf(minute, market) & mask;
    let isSplit = false;
    for (;;) {
      const stored = this.#slots[slot] ?? 0;
      if (stored === 0) break;
      const isSame = this.#minutes[stored - 1] === minute && this.#marketNumbers[stored - 1] === market;
      if (isSame && this.#localDays[stored - 1] === localDay) return stored - 1;
      isSplit ||= isSame;
      slot = (slot + 1) & mask;
    }
    const place = this.#size;
    this.#slots[slot] = place + 1;
    this.#minutes[place] = minute;
    this.#marketNumbers[place] = market;
    this.#localDays[place] = localDay;
    this.#taxRates[place] = priced.taxRate.rate;
    this.#isSplit[place] = isSplit;
    this.#size += 1;
    if (this.#size === this.#minutes.length) this.#grow();
    return place;
  }

  #grow(): void {
    const capacity = this.#minutes.length * 2;
    this.#minutes = grown(this.#minutes, new Int32Array(capacity));
    this.#marketNumbers = grown(this.#marketNumbers, new Uint32Array(capacity));
    this.#localDays = grown(this.#localDays, new Int32Array(capacity));
    this.#counts = grown(this.#counts, new Uint32Array(capacity));
    this.#flagged = grown(this.#flagged, new Uint32Array(capacity));
    this.#reserveSums(capacity);
    this.#slots = new Uint32Array(capacity * 2);
    const mask = this.#slots.length - 1;
    for (let place = 0; place < this.#size; place += 1) {
      let slot = slotOf(this.#minutes[place] ?? 0, this.#marketNumbers[place] ?? 0) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = place + 1;
    }
  }

  #reserveSums(capacity: number): void {
    for (const sums of [this.#amounts, this.#taxes, this.#totals, this.#amountsBase, this.#taxesBase]) {
      sums.reserve(capacity);
    }
  }
}

/** A hash of two whole numbers (Fibonacci hashing, its high bits mixed into the low ones). */
function slotOf(minute: number, market: number): number {
  const hash = Math.imul(Math.imul(minute, 0x9e37_79b1) ^ market, 0x85eb_ca6b);
  return hash ^ (hash >>> 15);
}
