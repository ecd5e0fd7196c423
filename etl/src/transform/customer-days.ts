import { formatMinor, type CurrencyExponent } from '@pulse/contract';

import { compactEnd } from './exact-sum.ts';

const none = 0xffff_ffff;
const capacityMin = 1024;
const dayMs = 86_400_000;

/**
 * One customer's sales of one UTC day, for many customers by number: chains in typed arrays, in 36 bytes a customer and day.
 * Sums that a double does not hold, and they are rare, stand beside it as bigints.
 */
export class CustomerDays {
  readonly #baseExponent: CurrencyExponent;
  readonly #customerIdOf: (customer: number) => string;
  /** First of each customer's chain: the day that was seen last. */
  #heads = new Uint32Array(0);
  #days = new Int32Array(capacityMin);
  #next = new Uint32Array(capacityMin);
  #counts = new Uint32Array(capacityMin);
  #flagged = new Uint32Array(capacityMin);
  #sums = new Float64Array(capacityMin);
  #lastMs = new Float64Array(capacityMin);
  readonly #largeSums = new Map<number, bigint>();
  #size = 0;

  /** @param customerIdOf - The id of a customer by its number. */
  constructor(baseExponent: CurrencyExponent, customerIdOf: (customer: number) => string) {
    this.#baseExponent = baseExponent;
    this.#customerIdOf = customerIdOf;
  }

  add(customer: number, timestampMs: number, amountBaseMinor: bigint, isFlagged: boolean): void {
    const place = this.#placeOf(customer, Math.floor(timestampMs / dayMs), timestampMs);
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    if (isFlagged) this.#flagged[place] = (this.#flagged[place] ?? 0) + 1;
    if (timestampMs > (this.#lastMs[place] ?? 0)) this.#lastMs[place] = timestampMs;
    const sum = (this.#sums[place] ?? 0) + Number(amountBaseMinor);
    if (sum < compactEnd) this.#sums[place] = sum;
    else this.#largeSums.set(place, (this.#largeSums.get(place) ?? 0n) + amountBaseMinor);
  }

  /** Rows of customer_days: its columns in the table's order, amounts as text in major units. */
  *rows(): Generator<(string | number)[]> {
    for (let customer = 0; customer < this.#heads.length; customer += 1) {
      for (let place = this.#heads[customer] ?? none; place !== none; place = this.#next[place] ?? none) {
        const sum = BigInt(this.#sums[place] ?? 0) + (this.#largeSums.get(place) ?? 0n);
        yield [
          new Date((this.#days[place] ?? 0) * dayMs).toISOString().slice(0, 10),
          this.#customerIdOf(customer),
          this.#counts[place] ?? 0,
          this.#flagged[place] ?? 0,
          formatMinor(sum, this.#baseExponent),
          new Date(this.#lastMs[place] ?? 0).toISOString(),
        ];
      }
    }
  }

  #placeOf(customer: number, day: number, timestampMs: number): number {
    if (customer >= this.#heads.length) this.#growHeads(customer);
    for (let place = this.#heads[customer] ?? none; place !== none; place = this.#next[place] ?? none) {
      if (this.#days[place] === day) return place;
    }
    if (this.#size === this.#days.length) this.#growDays();
    const place = this.#size;
    this.#size += 1;
    this.#days[place] = day;
    this.#lastMs[place] = timestampMs;
    this.#next[place] = this.#heads[customer] ?? none;
    this.#heads[customer] = place;
    return place;
  }

  #growHeads(customer: number): void {
    const heads = new Uint32Array(Math.max(capacityMin, this.#heads.length * 2, customer + 1)).fill(none);
    heads.set(this.#heads);
    this.#heads = heads;
  }

  #growDays(): void {
    const capacity = this.#days.length * 2;
    const whole = (from: Uint32Array) => {
      const to = new Uint32Array(capacity);
      to.set(from);
      return to;
    };
    const doubles = (from: Float64Array) => {
      const to = new Float64Array(capacity);
      to.set(from);
      return to;
    };
    const days = new Int32Array(capacity);
    days.set(this.#days);
    this.#days = days;
    this.#next = whole(this.#next);
    this.#counts = whole(this.#counts);
    this.#flagged = whole(this.#flagged);
    this.#sums = doubles(this.#sums);
    this.#lastMs = doubles(this.#lastMs);
  }
}
