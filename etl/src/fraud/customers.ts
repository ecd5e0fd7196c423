import { recentCountMax, recentSpanMs, type CustomerHistory, type RecentTransaction } from './customer-history.ts';
import type { FraudTransaction } from './rule.ts';

/** A customer's profile, as between two batches. Amounts are in minor units of the base currency. */
export interface CustomerProfile {
  readonly customerId: string;
  readonly transactionCount: number;
  readonly amountBaseSum: bigint;
  readonly amountBaseSquares: bigint;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Of the latest transaction; country is empty where it names none. */
  readonly lastCountry: string;
  readonly lastCurrency: string;
  /** Newest first. */
  readonly recent: readonly RecentTransaction[];
}

/** An entry of the allow or the block list; it counts for transactions that take place before `untilMs`. */
export interface ListEntry {
  readonly list: 'allow' | 'block';
  readonly customerId: string;
  /** Milliseconds since 1970; infinite without end. */
  readonly untilMs: number;
}

/** What is known of some customers. `clear` makes room for others. */
export class Customers {
  readonly #customers = new Map<string, Customer>();
  /** By customer id: entries are few, and most of their customers have no transaction in a batch. */
  readonly #lists: Map<string, readonly ListEntry[]>;

  constructor(lists: Iterable<ListEntry> = []) {
    this.#lists = Map.groupBy(lists, ({ customerId }) => customerId);
  }

  /**
   * A customer; one that has not come up since the last `clear` is without history until `load`.
   * @param newIds - Gets the id of such a one.
   */
  get(customerId: string, newIds?: string[]): Customer {
    let customer = this.#customers.get(customerId);
    if (customer === undefined) {
      customer = new Customer(customerId, this.#lists.get(customerId) ?? []);
      this.#customers.set(customerId, customer);
      newIds?.push(customerId);
    }
    return customer;
  }

  /** Takes over what the warehouse knows of a customer; before any transaction of it is added. */
  load(profile: CustomerProfile): void {
    this.get(profile.customerId).load(profile);
  }

  /** The profiles of those customers who had a transaction, as they are now. */
  *changedProfiles(): Generator<CustomerProfile> {
    for (const customer of this.#customers.values()) if (customer.hasChanged) yield customer.profile();
  }

  /** Forgets all customers. */
  clear(): void {
    this.#customers.clear();
  }
}

/** What is known of one customer. Changes with each transaction, in the order of arrival. */
export class Customer implements CustomerHistory {
  readonly customerId: string;
  /** The customer's entries in the allow and block lists. */
  listEntries: readonly ListEntry[];
  hasChanged = false;
  #transactionCount = 0;
  #amountBaseSum = 0n;
  #amountBaseSquares = 0n;
  #firstMs = Infinity;
  #lastMs = -Infinity;
  #lastCountry = '';
  #lastCurrency = '';
  /** Newest first; of equal times what arrived later comes first. */
  readonly #recent: RecentTransaction[] = [];

  constructor(customerId: string, listEntries: readonly ListEntry[]) {
    this.customerId = customerId;
    this.listEntries = listEntries;
  }

  get transactionCount(): number {
    return this.#transactionCount;
  }

  get amountBaseSum(): bigint {
    return this.#amountBaseSum;
  }

  get amountBaseSquares(): bigint {
    return this.#amountBaseSquares;
  }

  listedAs(timeMs: number): 'allow' | 'block' | undefined {
    return this.listEntries.find(({ untilMs }) => timeMs < untilMs)?.list;
  }

  recentUntil(timeMs: number): readonly RecentTransaction[] {
    const newest = this.#recent[0];
    if (newest === undefined || newest.timeMs <= timeMs) return this.#recent;
    return this.#recent.filter((transaction) => transaction.timeMs <= timeMs);
  }

  load(profile: CustomerProfile): void {
    this.#transactionCount = profile.transactionCount;
    this.#amountBaseSum = profile.amountBaseSum;
    this.#amountBaseSquares = profile.amountBaseSquares;
    this.#firstMs = profile.firstMs;
    this.#lastMs = profile.lastMs;
    this.#lastCountry = profile.lastCountry;
    this.#lastCurrency = profile.lastCurrency;
    this.#recent.splice(0, this.#recent.length, ...profile.recent);
  }

  add(transaction: FraudTransaction): void {
    const { timeMs, amountBaseMinor } = transaction;
    this.hasChanged = true;
    this.#transactionCount += 1;
    this.#amountBaseSum += amountBaseMinor;
    this.#amountBaseSquares += amountBaseMinor * amountBaseMinor;
    this.#remember(transaction);
    if (timeMs < this.#firstMs) this.#firstMs = timeMs;
    if (timeMs < this.#lastMs) return;
    this.#lastMs = timeMs;
    this.#lastCountry = transaction.country;
    this.#lastCurrency = transaction.currency;
  }

  profile(): CustomerProfile {
    return {
      customerId: this.customerId,
      transactionCount: this.#transactionCount,
      amountBaseSum: this.#amountBaseSum,
      amountBaseSquares: this.#amountBaseSquares,
      firstMs: this.#firstMs,
      lastMs: this.#lastMs,
      lastCountry: this.#lastCountry,
      lastCurrency: this.#lastCurrency,
      recent: [...this.#recent],
    };
  }
  /** Which transactions are kept depends on the order of arrival alone, so that it does not matter where a batch ends. */
  #remember(transaction: RecentTransaction): void {
    const recent = this.#recent;
    let newerCount = 0;
    while ((recent[newerCount]?.timeMs ?? -Infinity) > transaction.timeMs) newerCount += 1;
    recent.splice(newerCount, 0, transaction);
    const oldestMs = (recent[0]?.timeMs ?? 0) - recentSpanMs;
    while (recent.length > recentCountMax || (recent.at(-1)?.timeMs ?? Infinity) < oldestMs) recent.pop();
  }
}
