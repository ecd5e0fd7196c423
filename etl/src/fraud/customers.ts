import type { CustomerHistory } from './customer-history.ts';
import { none, type SaleCursor } from './customer-history.ts';
import { grown } from '../compact/typed-arrays.ts';
import { ExactSums } from '../compact/exact-sums.ts';
import { Markets } from './markets.ts';
import { RecentSales, type SalesExpected, type WindowSale } from './recent-sales.ts';
import type { FraudSale } from './rule.ts';
import { TextNumbers } from '../compact/text-numbers.ts';

/** A customer's profile, as between two batches. Amounts are in minor units of the base currency. */
export interface CustomerProfile {
  readonly customerId: string;
  readonly saleCount: number;
  readonly amountBaseSum: bigint;
  readonly amountBaseSquares: bigint;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Of the latest sale; country is empty where it names none. */
  readonly lastCountry: string;
  readonly lastCurrency: string;
  /** Newest first. */
  readonly recentSales: readonly WindowSale[];
}

/** An entry of the allow or the block list; it counts for sales that take place before `untilMs`. */
export interface ListEntry {
  readonly list: 'allow' | 'block';
  readonly customerId: string;
  /** Milliseconds since 1970; infinite without end. */
  readonly untilMs: number;
}

const capacityMin = 1024;

/**
 * What is known of some customers, in typed arrays: about 100 bytes a customer and 22 a recent sale. `clear` makes room for
 * others.
 * A sale changes only its own customer's state, in the order of arrival.
 */
export class Customers {
  readonly #ids = new TextNumbers();
  readonly #sums = new ExactSums();
  readonly #markets = new Markets();
  readonly #recent: RecentSales;
  #capacity = 0;
  #saleCounts = new Float64Array(0);
  #firstMs = new Float64Array(0);
  #lastMs = new Float64Array(0);
  #lastMarkets = new Uint32Array(0);
  #changed = new Uint8Array(0);
  /** By customer id: entries are few, and most of their customers have no sale in a batch. */
  readonly #lists = new Map<string, ListEntry[]>();
  readonly #view: View;

  constructor(lists: Iterable<ListEntry> = [], salesExpected?: SalesExpected) {
    this.#recent = new RecentSales(this.#markets, salesExpected);
    for (const entry of lists) {
      const entries = this.#lists.get(entry.customerId);
      if (entries === undefined) this.#lists.set(entry.customerId, [entry]);
      else entries.push(entry);
    }
    this.#view = new View(this.#sums, this.#recent);
  }

  /** How many customers are known by number. */
  get size(): number {
    return this.#ids.size;
  }

  /** The number of a customer; a new one is without history until `load`. */
  numberOf(customerId: string): number {
    const bytes = Buffer.from(customerId);
    return this.numberOfBytes(bytes, 0, bytes.length);
  }

  /** The same of an id that is given as UTF-8 from `start` to `end`. */
  numberOfBytes(customerId: Uint8Array, start: number, end: number): number {
    const number = this.#ids.numberOf(customerId, start, end);
    if (number >= this.#capacity) this.#grow();
    return number;
  }

  idOf(customer: number): string {
    return this.#ids.textOf(customer);
  }

  /** Takes over what the warehouse knows of a customer; before any sale of it is added. */
  load(profile: CustomerProfile): void {
    const customer = this.numberOf(profile.customerId);
    this.#saleCounts[customer] = profile.saleCount;
    this.#firstMs[customer] = profile.firstMs;
    this.#lastMs[customer] = profile.lastMs;
    this.#lastMarkets[customer] = this.#markets.numberOf(profile.lastCurrency, profile.lastCountry);
    this.#sums.load(customer, profile.amountBaseSum, profile.amountBaseSquares);
    // Oldest first: each then stands before the others, as it arrived.
    for (const sale of profile.recentSales.toReversed()) this.#recent.add(customer, sale);
  }

  /** Says on which lists a customer stands from now on. */
  setEntries(customerId: string, entries: readonly ListEntry[]): void {
    if (entries.length === 0) this.#lists.delete(customerId);
    else this.#lists.set(customerId, [...entries]);
  }

  /** What is known of a customer now. One view serves all: it shows the customer that was asked for last. */
  historyOf(customer: number): CustomerHistory {
    const saleCount = this.#saleCounts[customer] ?? 0;
    const lists = this.#lists.size === 0 ? undefined : this.#lists.get(this.idOf(customer));
    return this.#view.show(customer, saleCount, lists);
  }

  /** Adds a sale to what is known of its customer. */
  add(customer: number, sale: FraudSale): void {
    const { timeMs } = sale;
    const isFirst = this.#saleCounts[customer] === 0;
    this.#saleCounts[customer] = (this.#saleCounts[customer] ?? 0) + 1;
    this.#sums.add(customer, sale.amountBaseMinor, sale.amountBase);
    this.#recent.add(customer, sale);
    this.#changed[customer] = 1;
    if (isFirst || timeMs < (this.#firstMs[customer] ?? 0)) this.#firstMs[customer] = timeMs;
    if (!isFirst && timeMs < (this.#lastMs[customer] ?? 0)) return;
    this.#lastMs[customer] = timeMs;
    this.#lastMarkets[customer] = this.#markets.numberOf(sale.currency, sale.country);
  }

  /** The profiles of those customers who had a sale, as they are now. */
  *changedProfiles(): Generator<CustomerProfile> {
    for (let customer = 0; customer < this.size; customer += 1) {
      if (this.#changed[customer] === 1) yield this.#profileOf(customer);
    }
  }

  /** Forgets all customers: their numbers will be those of others. */
  clear(): void {
    this.#ids.clear();
    this.#sums.clear();
    this.#recent.clear();
    this.#saleCounts.fill(0);
    this.#changed.fill(0);
  }

  #profileOf(customer: number): CustomerProfile {
    const market = this.#lastMarkets[customer] ?? 0;
    return {
      customerId: this.idOf(customer),
      saleCount: this.#saleCounts[customer] ?? 0,
      amountBaseSum: this.#sums.sumOf(customer),
      amountBaseSquares: this.#sums.squaresOf(customer),
      firstMs: this.#firstMs[customer] ?? 0,
      lastMs: this.#lastMs[customer] ?? 0,
      lastCountry: this.#markets.countryOf(market),
      lastCurrency: this.#markets.currencyOf(market),
      recentSales: this.#recent.salesUpTo(customer, Infinity),
    };
  }

  #grow(): void {
    const capacity = Math.max(capacityMin, this.#capacity * 2);
    this.#saleCounts = grown(this.#saleCounts, new Float64Array(capacity));
    this.#firstMs = grown(this.#firstMs, new Float64Array(capacity));
    this.#lastMs = grown(this.#lastMs, new Float64Array(capacity));
    this.#lastMarkets = grown(this.#lastMarkets, new Uint32Array(capacity));
    this.#changed = grown(this.#changed, new Uint8Array(capacity));
    this.#sums.reserve(capacity);
    this.#recent.reserve(capacity);
    this.#capacity = capacity;
  }
}

/** One customer's history, without a copy of it. */
class View implements CustomerHistory {
  readonly #sums: ExactSums;
  readonly #recent: RecentSales;
  #customer = 0;
  #lists: readonly ListEntry[] | undefined;
  /** Every rule looks from the moment of its sale: that is looked for once. */
  #newestMs = Number.NaN;
  #newest: SaleCursor = none;
  saleCount = 0;

  constructor(sums: ExactSums, recent: RecentSales) {
    this.#sums = sums;
    this.#recent = recent;
  }

  show(customer: number, saleCount: number, lists: readonly ListEntry[] | undefined): this {
    this.#customer = customer;
    this.saleCount = saleCount;
    this.#lists = lists;
    this.#newestMs = Number.NaN;
    return this;
  }

  get amountBaseSum(): bigint {
    return this.#sums.sumOf(this.#customer);
  }

  get amountBaseSquares(): bigint {
    return this.#sums.squaresOf(this.#customer);
  }

  get approximateSum(): number {
    return this.#sums.approximateSumOf(this.#customer);
  }

  get approximateSquares(): number {
    return this.#sums.approximateSquaresOf(this.#customer);
  }

  listedAs(timeMs: number): 'allow' | 'block' | undefined {
    return this.#lists?.find(({ untilMs }) => timeMs < untilMs)?.list;
  }

  newestAt(timeMs: number): SaleCursor {
    if (timeMs !== this.#newestMs) {
      this.#newest = this.#recent.newestAt(this.#customer, timeMs);
      this.#newestMs = timeMs;
    }
    return this.#newest;
  }

  olderThan(cursor: SaleCursor): SaleCursor {
    return this.#recent.olderThan(cursor);
  }

  timeMsOf(cursor: SaleCursor): number {
    return this.#recent.timeMsOf(cursor);
  }

  amountOf(cursor: SaleCursor): number {
    return this.#recent.amountOf(cursor);
  }

  amountBaseOf(cursor: SaleCursor): number {
    return this.#recent.amountBaseOf(cursor);
  }

  currencyOf(cursor: SaleCursor): string {
    return this.#recent.currencyOf(cursor);
  }

  countryOf(cursor: SaleCursor): string {
    return this.#recent.countryOf(cursor);
  }
}
