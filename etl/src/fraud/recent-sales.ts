import { grown } from '../typed-arrays.ts';
import { none, recentSalesMax, recentSpanMs, type SaleCursor } from './customer-history.ts';
import type { Markets } from './markets.ts';

/** A sale as the window keeps it. */
export interface WindowSale {
  readonly timeMs: number;
  readonly amount: number;
  readonly amountBase: number;
  readonly currency: string;
  readonly country: string;
}

const capacityMin = 1024;

/** A sale takes 32 bytes side by side, for whoever looks at one field soon looks at another: three doubles, then two words. */
const doublesPerSale = 4;
const wordsPerSale = 2 * doublesPerSale;
const [timeAt, amountAt, amountBaseAt] = [0, 1, 2];
const [olderAt, newerAt] = [6, 7];

/**
 * The newest sales of many customers by number, in 34 bytes a sale. For each customer a chain from the newest event time to
 * the oldest; of equal times, what arrived later stands first. Which sales are kept depends on the order of arrival alone,
 * so that it does not matter where a batch ends.
 */
export class RecentSales {
  /** Both ends of each customer's chain, and its length. */
  #heads = new Uint32Array(0);
  #tails = new Uint32Array(0);
  #counts = new Uint8Array(0);
  #doubles: Float64Array;
  #words: Uint32Array;
  /** There are fewer pairs of a currency and a country than two bytes count. */
  #marketNumbers: Uint16Array;
  #size = 0;
  /** Places that were given back, chained as the older one of each. */
  #free: SaleCursor = none;
  readonly #markets: Markets;

  /** @param sizeExpected - How many sales there will be. Room that is not used costs nothing; what is added later is copied. */
  constructor(markets: Markets, sizeExpected = 0) {
    this.#markets = markets;
    const capacity = Math.max(capacityMin, sizeExpected);
    this.#doubles = new Float64Array(capacity * doublesPerSale);
    this.#words = new Uint32Array(this.#doubles.buffer);
    this.#marketNumbers = new Uint16Array(capacity);
  }

  /** Makes room for customers below `capacity`. */
  reserve(capacity: number): void {
    const known = this.#heads.length;
    this.#heads = grown(this.#heads, new Uint32Array(capacity).fill(none, known));
    this.#tails = grown(this.#tails, new Uint32Array(capacity).fill(none, known));
    this.#counts = grown(this.#counts, new Uint8Array(capacity));
  }

  /** Puts a sale in its place by event time, and lets go of what no longer counts as recent. */
  add(customer: number, sale: WindowSale): void {
    let newer: SaleCursor = none;
    let older = this.#heads[customer] ?? none;
    let newerCount = 0;
    while (older !== none && this.timeMsOf(older) > sale.timeMs) {
      newer = older;
      older = this.olderThan(older);
      newerCount += 1;
    }
    const latestMs = newer === none ? sale.timeMs : this.timeMsOf(this.#heads[customer] ?? none);
    const oldestMs = latestMs - recentSpanMs;
    if (newerCount >= recentSalesMax || sale.timeMs < oldestMs) return;
    const place = this.#place(sale);
    this.#link(customer, newer, place);
    this.#link(customer, place, older);
    this.#counts[customer] = (this.#counts[customer] ?? 0) + 1;
    this.#cut(customer, oldestMs);
  }

  newestAt(customer: number, timeMs: number): SaleCursor {
    let cursor = this.#heads[customer] ?? none;
    while (cursor !== none && this.timeMsOf(cursor) > timeMs) cursor = this.olderThan(cursor);
    return cursor;
  }

  /** A copy of a customer's recent sales up to a moment, newest first. */
  salesUpTo(customer: number, timeMs: number): WindowSale[] {
    const sales: WindowSale[] = [];
    for (let at = this.newestAt(customer, timeMs); at !== none; at = this.olderThan(at)) {
      sales.push({
        timeMs: this.timeMsOf(at),
        amount: this.amountOf(at),
        amountBase: this.amountBaseOf(at),
        currency: this.currencyOf(at),
        country: this.countryOf(at),
      });
    }
    return sales;
  }

  olderThan(cursor: SaleCursor): SaleCursor {
    return this.#words[cursor * wordsPerSale + olderAt] ?? none;
  }

  timeMsOf(cursor: SaleCursor): number {
    return this.#doubles[cursor * doublesPerSale + timeAt] ?? 0;
  }

  amountOf(cursor: SaleCursor): number {
    return this.#doubles[cursor * doublesPerSale + amountAt] ?? 0;
  }

  amountBaseOf(cursor: SaleCursor): number {
    return this.#doubles[cursor * doublesPerSale + amountBaseAt] ?? 0;
  }

  currencyOf(cursor: SaleCursor): string {
    return this.#markets.currencyOf(this.#marketNumbers[cursor] ?? 0);
  }

  countryOf(cursor: SaleCursor): string {
    return this.#markets.countryOf(this.#marketNumbers[cursor] ?? 0);
  }

  /** Makes two places neighbours in a customer's chain; `none` stands beyond its ends. */
  #link(customer: number, newer: SaleCursor, older: SaleCursor): void {
    if (newer === none) this.#heads[customer] = older;
    else this.#words[newer * wordsPerSale + olderAt] = older;
    if (older === none) this.#tails[customer] = newer;
    else this.#words[older * wordsPerSale + newerAt] = newer;
  }

  /** Gives back the oldest sales of a customer while they are too old or too many. */
  #cut(customer: number, oldestMs: number): void {
    for (;;) {
      const tail = this.#tails[customer] ?? none;
      const count = this.#counts[customer] ?? 0;
      if (count <= recentSalesMax && this.timeMsOf(tail) >= oldestMs) return;
      this.#link(customer, this.#words[tail * wordsPerSale + newerAt] ?? none, none);
      this.#counts[customer] = count - 1;
      this.#words[tail * wordsPerSale + olderAt] = this.#free;
      this.#free = tail;
    }
  }

  #place({ timeMs, amount, amountBase, currency, country }: WindowSale): SaleCursor {
    let place = this.#free;
    if (place === none) {
      if (this.#size * doublesPerSale === this.#doubles.length) this.#grow();
      place = this.#size;
      this.#size += 1;
    } else {
      this.#free = this.olderThan(place);
    }
    const doubles = place * doublesPerSale;
    this.#doubles[doubles + timeAt] = timeMs;
    this.#doubles[doubles + amountAt] = amount;
    this.#doubles[doubles + amountBaseAt] = amountBase;
    this.#marketNumbers[place] = this.#markets.numberOf(currency, country);
    return place;
  }

  #grow(): void {
    this.#doubles = grown(this.#doubles, new Float64Array(this.#doubles.length * 2));
    this.#words = new Uint32Array(this.#doubles.buffer);
    this.#marketNumbers = grown(this.#marketNumbers, new Uint16Array(this.#marketNumbers.length * 2));
  }
}
