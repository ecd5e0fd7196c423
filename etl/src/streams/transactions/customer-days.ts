import { formatMinor, type CurrencyExponent } from '@pulse/contract';

import { grown } from '../../compact/typed-arrays.ts';
import { SumColumn } from '../../compact/sum-column.ts';

const none = 0xffff_ffff;
const capacityMin = 1024;
const dayMs = 86_400_000;

/**
 * One customer's sales of one UTC day, for many customers by number: chains in typed arrays, in 36 bytes a customer and day.
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
  #lastMs = new Float64Array(capacityMin);
  readonly #sums = new SumColumn();
  #size = 0;

  /** @param customerIdOf - The id of a customer by its number. */
  constructor(baseExponent: CurrencyExponent, customerIdOf: (customer: number) => string) {
    this.#baseExponent = baseExponent;
    this.#customerIdOf = customerIdOf;
    this.#sums.reserve(capacityMin);
  }

  add(customer: number, timestampMs: number, amountBaseMinor: bigint, isFlagged: boolean): void {
    const place = this.#placeOf(customer, Math.floor(timestampMs / dayMs), timestampMs);
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    if (isFlagged) this.#flagged[place] = (this.#flagged[place] ?? 0) + 1;
    if (timestampMs > (this.#lastMs[place] ?? 0)) this.#lastMs[place] = timestampMs;
    this.#sums.add(place, amountBaseMinor);
  }

  /** Forgets all days. */
  clear(): void {
    this.#heads.fill(none);
    this.#counts.fill(0);
    this.#flagged.fill(0);
    this.#sums.clear();
    this.#size = 0;
  }

  /** Rows of customer_days: its columns in the table's order, amounts as text in major units. */
  *rows(): Generator<(string | number)[]> {
    for (let customer = 0; customer < this.#heads.length; customer += 1) {
      for (let place = this.#heads[customer] ?? none; place !== none; place = this.#next[place] ?? none) {
        yield [
          new Date((this.#days[place] ?? 0) * dayMs).toISOString().slice(0, 10),
          this.#customerIdOf(customer),
          this.#counts[place] ?? 0,
          this.#flagged[place] ?? 0,
          formatMinor(this.#sums.sumOf(place), this.#baseExponent),
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
    const known = this.#heads.length;
    const capacity = Math.max(capacityMin, known * 2, customer + 1);
    this.#heads = grown(this.#heads, new Uint32Array(capacity).fill(none, known));
  }

  #growDays(): void {
    const capacity = this.#days.length * 2;
    this.#days = grown(this.#days, new Int32Array(capacity));
    this.#next = grown(this.#next, new Uint32Array(capacity));
    this.#counts = grown(this.#counts, new Uint32Array(capacity));
    this.#flagged = grown(this.#flagged, new Uint32Array(capacity));
    this.#lastMs = grown(this.#lastMs, new Float64Array(capacity));
    this.#sums.reserve(capacity);
  }
}
