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

/**
 * The newest sales of many customers by number, in 32 bytes a sale. For each customer a chain from the newest event time to
 * the oldest; of equal times, what arrived later stands first. Which sales are kept depends on the order of arrival alone,
 * so that it does not matter where a batch ends.
 */
export class RecentSales {
  /** First of each customer's chain. */
  #heads = new Uint32Array(0);
  #times = new Float64Array(capacityMin);
  #amounts = new Float64Array(capacityMin);
  #amountsBase = new Float64Array(capacityMin);
  #markets = new Uint32Array(capacityMin);
  #next = new Uint32Array(capacityMin);
  #size = 0;
  /** Places that were given back, chained by #next. */
  #free: SaleCursor = none;
  readonly #marketNumbers: Markets;

  constructor(markets: Markets) {
    this.#marketNumbers = markets;
  }

  /** Makes room for customers below `capacity`. */
  reserve(capacity: number): void {
    const heads = new Uint32Array(capacity).fill(none, this.#heads.length);
    heads.set(this.#heads);
    this.#heads = heads;
  }

  /** Puts a sale in its place by event time, and lets go of what no longer counts as recent. */
  add(customer: number, sale: WindowSale): void {
    let before: SaleCursor = none;
    let after = this.#heads[customer] ?? none;
    let count = 0;
    while (after !== none && (this.#times[after] ?? 0) > sale.timeMs) {
      before = after;
      after = this.#next[after] ?? none;
      count += 1;
    }
    const latestMs = count === 0 ? sale.timeMs : (this.#times[this.#heads[customer] ?? none] ?? 0);
    if (count >= recentSalesMax || sale.timeMs < latestMs - recentSpanMs) return;
    const place = this.#place(sale);
    this.#next[place] = after;
    if (before === none) this.#heads[customer] = place;
    else this.#next[before] = place;
    this.#cut(place, count + 1, latestMs - recentSpanMs);
  }

  newestAt(customer: number, timeMs: number): SaleCursor {
    let cursor = this.#heads[customer] ?? none;
    while (cursor !== none && (this.#times[cursor] ?? 0) > timeMs) cursor = this.#next[cursor] ?? none;
    return cursor;
  }

  olderThan(cursor: SaleCursor): SaleCursor {
    return this.#next[cursor] ?? none;
  }

  timeMsOf(cursor: SaleCursor): number {
    return this.#times[cursor] ?? 0;
  }

  amountOf(cursor: SaleCursor): number {
    return this.#amounts[cursor] ?? 0;
  }

  amountBaseOf(cursor: SaleCursor): number {
    return this.#amountsBase[cursor] ?? 0;
  }

  currencyOf(cursor: SaleCursor): string {
    return this.#marketNumbers.currencyOf(this.#markets[cursor] ?? 0);
  }

  countryOf(cursor: SaleCursor): string {
    return this.#marketNumbers.countryOf(this.#markets[cursor] ?? 0);
  }

  /** Gives back what follows a sale, from the first that is too old or too many. `count` sales stand up to it. */
  #cut(last: SaleCursor, count: number, oldestMs: number): void {
    let kept = last;
    let counted = count;
    for (;;) {
      const next = this.#next[kept] ?? none;
      if (next === none) return;
      if (counted >= recentSalesMax || (this.#times[next] ?? 0) < oldestMs) break;
      kept = next;
      counted += 1;
    }
    let dropped = this.#next[kept] ?? none;
    this.#next[kept] = none;
    while (dropped !== none) {
      const next = this.#next[dropped] ?? none;
      this.#next[dropped] = this.#free;
      this.#free = dropped;
      dropped = next;
    }
  }

  #place({ timeMs, amount, amountBase, currency, country }: WindowSale): SaleCursor {
    let place = this.#free;
    if (place === none) {
      if (this.#size === this.#times.length) this.#grow();
      place = this.#size;
      this.#size += 1;
    } else {
      this.#free = this.#next[place] ?? none;
    }
    this.#times[place] = timeMs;
    this.#amounts[place] = amount;
    this.#amountsBase[place] = amountBase;
    this.#markets[place] = this.#marketNumbers.numberOf(currency, country);
    return place;
  }

  #grow(): void {
    const capacity = this.#times.length * 2;
    const doubled = (from: Float64Array) => {
      const to = new Float64Array(capacity);
      to.set(from);
      return to;
    };
    this.#times = doubled(this.#times);
    this.#amounts = doubled(this.#amounts);
    this.#amountsBase = doubled(this.#amountsBase);
    const markets = new Uint32Array(capacity);
    markets.set(this.#markets);
    this.#markets = markets;
    const next = new Uint32Array(capacity);
    next.set(this.#next);
    this.#next = next;
  }
}
