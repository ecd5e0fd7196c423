import { grown } from './typed-arrays.ts';

/** Sums below it are exact doubles, and so is every step towards them. */
const compactEnd = 2 ** 52;

/**
 * Many sums of whole numbers, none negative, by number: doubles while those are exact, in 8 bytes each. What goes beyond them,
 * and it is rare, is added up beside them as bigints.
 */
export class SumColumn {
  #compact = new Float64Array(0);
  readonly #rest = new Map<number, bigint>();

  /** Makes room for sums below `capacity`. */
  reserve(capacity: number): void {
    this.#compact = grown(this.#compact, new Float64Array(capacity));
  }

  /** Makes all sums zero. */
  clear(): void {
    this.#compact.fill(0);
    this.#rest.clear();
  }

  add(place: number, amount: bigint): void {
    const sum = (this.#compact[place] ?? 0) + Number(amount);
    if (sum < compactEnd) this.#compact[place] = sum;
    else this.#rest.set(place, (this.#rest.get(place) ?? 0n) + amount);
  }

  sumOf(place: number): bigint {
    return BigInt(this.#compact[place] ?? 0) + (this.#rest.get(place) ?? 0n);
  }
}
