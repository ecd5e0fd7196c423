import { formatMinor, type CurrencyExponent } from '@pulse/contract';

const dayMs = 86_400_000;

/** One customer's transactions of one UTC day. */
interface CustomerDay {
  /** Days since 1970. */
  readonly day: number;
  count: number;
  flaggedCount: number;
  /** In minor units of the base currency. */
  amountBaseMinor: bigint;
  lastMs: number;
}

/** What a batch adds to customer_days: the transactions of many customers by UTC day. */
export class CustomerDays {
  readonly #baseExponent: CurrencyExponent;
  readonly #customers = new Map<string, CustomerDay[]>();

  constructor(baseExponent: CurrencyExponent) {
    this.#baseExponent = baseExponent;
  }

  add(customerId: string, timestampMs: number, amountBaseMinor: bigint, isFlagged: boolean): void {
    const day = this.#dayOf(customerId, Math.floor(timestampMs / dayMs));
    day.count += 1;
    if (isFlagged) day.flaggedCount += 1;
    day.amountBaseMinor += amountBaseMinor;
    if (timestampMs > day.lastMs) day.lastMs = timestampMs;
  }

  /** Forgets all days. */
  clear(): void {
    this.#customers.clear();
  }

  /** Rows of customer_days: its columns in the table's order, amounts as text in major units. */
  *rows(): Generator<(string | number)[]> {
    for (const [customerId, days] of this.#customers) {
      for (const { day, count, flaggedCount, amountBaseMinor, lastMs } of days) {
        yield [
          new Date(day * dayMs).toISOString().slice(0, 10),
          customerId,
          count,
          flaggedCount,
          formatMinor(amountBaseMinor, this.#baseExponent),
          new Date(lastMs).toISOString(),
        ];
      }
    }
  }

  #dayOf(customerId: string, day: number): CustomerDay {
    let days = this.#customers.get(customerId);
    if (days === undefined) this.#customers.set(customerId, (days = []));
    let known = days.find((one) => one.day === day);
    if (known === undefined) {
      known = { day, count: 0, flaggedCount: 0, amountBaseMinor: 0n, lastMs: -Infinity };
      days.push(known);
    }
    return known;
  }
}
