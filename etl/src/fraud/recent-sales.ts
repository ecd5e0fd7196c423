import { grown } from '../compact/typed-arrays.ts';
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

/** What is known of the sales that will be added. */
export interface SalesExpected {
  /** How many. Room that is not used costs nothing; what is added beyond is copied. */
  readonly count: number;
  /** When the newest takes place, in milliseconds since 1970: later ones, and ones long before, take twice the room. */
  readonly newestMs: number;
}
const nothingExpected: SalesExpected = { count: 0, newestMs: Number.NaN };

const capacityMin = 1024;

/** A sale takes five words side by side, for whoever looks at one soon looks at another. */
const wordsPerSale = 5;
const [timeAt, amountAt, amountBaseAt, olderAt, newerAt] = [0, 1, 2, 3, 4];
/** In the place of a time: the sale's figures stand in the row of `LargeSales` that its amount names. */
const isLarge = 0xffff_ffff;
const wordEnd = 2 ** 32;
/** Where nobody says how late sales are, words count times from so long before the first one. */
const reachMs = 2 ** 31;

/**
 * The newest sales of many customers by number, in 22 bytes a sale, or 46 of a large one. For each customer a chain from the
 * newest event time to the oldest; of equal times, what arrived later stands first. Which sales are kept depends on the order
 * of arrival alone, so that it does not matter where a batch ends.
 */
export class RecentSales {
  /** Both ends of each customer's chain, and its length. */
  #heads = new Uint32Array(0);
  #tails = new Uint32Array(0);
  #counts = new Uint8Array(0);
  #words: Uint32Array;
  /** There are fewer pairs of a currency and a country than two bytes count. */
  #marketNumbers: Uint16Array;
  /** Sales that words have no room for: of 2^32 minor units or more, after the newest, or more than 49 days before it. */
  readonly #large = new LargeSales();
  #originMs: number;
  #size = 0;
  /** Places that were given back, chained as the older one of each. */
  #free: SaleCursor = none;
  readonly #markets: Markets;

  constructor(markets: Markets, { count, newestMs }: SalesExpected = nothingExpected) {
    this.#markets = markets;
    this.#originMs = newestMs - (isLarge - 1);
    const capacity = Math.max(capacityMin, count);
    this.#words = new Uint32Array(capacity * wordsPerSale);
    this.#marketNumbers = new Uint16Array(capacity);
  }

  /** Makes room for customers below `capacity`. */
  reserve(capacity: number): void {
    const known = this.#heads.length;
    this.#heads = grown(this.#heads, new Uint32Array(capacity).fill(none, known));
    this.#tails = grown(this.#tails, new Uint32Array(capacity).fill(none, known));
    this.#counts = grown(this.#counts, new Uint8Array(capacity));
  }

  /** Forgets all sales. */
  clear(): void {
    this.#heads.fill(none);
    this.#tails.fill(none);
    this.#counts.fill(0);
    this.#large.clear();
    this.#size = 0;
    this.#free = none;
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
    return this.#wordOf(cursor, olderAt);
  }

  timeMsOf(cursor: SaleCursor): number {
    const word = this.#wordOf(cursor, timeAt);
    return word === isLarge ? this.#large.timeMsOf(this.#wordOf(cursor, amountAt)) : this.#originMs + word;
  }

  amountOf(cursor: SaleCursor): number {
    const word = this.#wordOf(cursor, amountAt);
    return this.#isLarge(cursor) ? this.#large.amountOf(word) : word;
  }

  amountBaseOf(cursor: SaleCursor): number {
    return this.#isLarge(cursor)
      ? this.#large.amountBaseOf(this.#wordOf(cursor, amountAt))
      : this.#wordOf(cursor, amountBaseAt);
  }

  currencyOf(cursor: SaleCursor): string {
    return this.#markets.currencyOf(this.#marketNumbers[cursor] ?? 0);
  }

  countryOf(cursor: SaleCursor): string {
    return this.#markets.countryOf(this.#marketNumbers[cursor] ?? 0);
  }

  #wordOf(cursor: SaleCursor, at: number): number {
    return this.#words[cursor * wordsPerSale + at] ?? none;
  }

  #isLarge(cursor: SaleCursor): boolean {
    return this.#wordOf(cursor, timeAt) === isLarge;
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
      this.#link(customer, this.#wordOf(tail, newerAt), none);
      this.#counts[customer] = count - 1;
      if (this.#isLarge(tail)) this.#large.remove(this.#wordOf(tail, amountAt));
      this.#words[tail * wordsPerSale + olderAt] = this.#free;
      this.#free = tail;
    }
  }

  #place(sale: WindowSale): SaleCursor {
    let place = this.#free;
    if (place === none) {
      if (this.#size * wordsPerSale === this.#words.length) this.#grow();
      place = this.#size;
      this.#size += 1;
    } else {
      this.#free = this.olderThan(place);
    }
    this.#write(place, sale);
    return place;
  }

  #write(place: SaleCursor, sale: WindowSale): void {
    const { timeMs, amount, amountBase, currency, country } = sale;
    if (Number.isNaN(this.#originMs)) this.#originMs = timeMs - reachMs;
    const time = timeMs - this.#originMs;
    const at = place * wordsPerSale;
    if (time >= 0 && time < isLarge && amount < wordEnd && amountBase < wordEnd) {
      this.#words[at + timeAt] = time;
      this.#words[at + amountAt] = amount;
      this.#words[at + amountBaseAt] = amountBase;
    } else {
      this.#words[at + timeAt] = isLarge;
      this.#words[at + amountAt] = this.#large.add(sale);
    }
    this.#marketNumbers[place] = this.#markets.numberOf(currency, country);
  }

  #grow(): void {
    this.#words = grown(this.#words, new Uint32Array(this.#words.length * 2));
    this.#marketNumbers = grown(this.#marketNumbers, new Uint16Array(this.#marketNumbers.length * 2));
  }
}

const figuresPerSale = 3;

/** Time and amounts of sales whose figures take doubles, by row: 24 bytes each. */
class LargeSales {
  #figures = new Float64Array(0);
  #size = 0;
  readonly #free: number[] = [];

  clear(): void {
    this.#size = 0;
    this.#free.length = 0;
  }

  add({ timeMs, amount, amountBase }: WindowSale): number {
    const row = this.#free.pop() ?? this.#size;
    if (row === this.#size) this.#size += 1;
    const at = row * figuresPerSale;
    if (at === this.#figures.length) this.#grow();
    this.#figures[at] = timeMs;
    this.#figures[at + 1] = amount;
    this.#figures[at + 2] = amountBase;
    return row;
  }

  remove(row: number): void {
    this.#free.push(row);
  }

  timeMsOf(row: number): number {
    return this.#figures[row * figuresPerSale] ?? 0;
  }

  amountOf(row: number): number {
    return this.#figures[row * figuresPerSale + 1] ?? 0;
  }

  amountBaseOf(row: number): number {
    return this.#figures[row * figuresPerSale + 2] ?? 0;
  }

  #grow(): void {
    const capacity = Math.max(capacityMin * figuresPerSale, this.#figures.length * 2);
    this.#figures = grown(this.#figures, new Float64Array(capacity));
  }
}
