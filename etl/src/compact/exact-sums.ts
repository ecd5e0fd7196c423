import { grown } from './typed-arrays.ts';

/** Amounts below this many minor units go into the columns: their squares are exact doubles. USD 671,088.64 in cents. */
const compactEnd = 2 ** 26;
const compactEndBig = BigInt(compactEnd);
const squareBase = 2 ** 50;
const squareBaseBig = BigInt(squareBase);
/** A stored sum beyond this is kept as a bigint: no column can come near 2^53 within one batch then. */
const compactSumEnd = 2n ** 50n;

interface Large {
  sum: bigint;
  squares: bigint;
}

/**
 * Sums of amounts and of their squares for many owners by number: exact, in 24 bytes an owner. Amounts that are too large for
 * a double's arithmetic, and they are rare, are added up beside it as bigints.
 */
export class ExactSums {
  #sums = new Float64Array(0);
  /** The sum of squares is high · 2^50 + low. */
  #squaresHigh = new Float64Array(0);
  #squaresLow = new Float64Array(0);
  readonly #large = new Map<number, Large>();

  /** Makes room for owners below `capacity`. */
  reserve(capacity: number): void {
    this.#sums = grown(this.#sums, new Float64Array(capacity));
    this.#squaresHigh = grown(this.#squaresHigh, new Float64Array(capacity));
    this.#squaresLow = grown(this.#squaresLow, new Float64Array(capacity));
  }

  /** Makes all sums zero. */
  clear(): void {
    this.#sums.fill(0);
    this.#squaresHigh.fill(0);
    this.#squaresLow.fill(0);
    this.#large.clear();
  }

  add(owner: number, amount: bigint, asDouble: number): void {
    if (amount >= compactEndBig) {
      this.#addLarge(owner, amount, amount * amount);
      return;
    }
    this.#sums[owner] = (this.#sums[owner] ?? 0) + asDouble;
    const low = (this.#squaresLow[owner] ?? 0) + asDouble * asDouble;
    const carry = Math.floor(low / squareBase);
    this.#squaresLow[owner] = low - carry * squareBase;
    this.#squaresHigh[owner] = (this.#squaresHigh[owner] ?? 0) + carry;
  }

  /** Sets what was summed up before. */
  load(owner: number, sum: bigint, squares: bigint): void {
    const high = squares / squareBaseBig;
    if (sum >= compactSumEnd || high >= compactSumEnd || sum < 0n) {
      this.#addLarge(owner, sum, squares);
      return;
    }
    this.#sums[owner] = Number(sum);
    this.#squaresHigh[owner] = Number(high);
    this.#squaresLow[owner] = Number(squares % squareBaseBig);
  }

  sumOf(owner: number): bigint {
    return BigInt(this.#sums[owner] ?? 0) + (this.#largeOf(owner)?.sum ?? 0n);
  }

  squaresOf(owner: number): bigint {
    const compact = BigInt(this.#squaresHigh[owner] ?? 0) * squareBaseBig + BigInt(this.#squaresLow[owner] ?? 0);
    return compact + (this.#largeOf(owner)?.squares ?? 0n);
  }

  /** The sum as a double, right to about 15 digits. */
  approximateSumOf(owner: number): number {
    return (this.#sums[owner] ?? 0) + Number(this.#largeOf(owner)?.sum ?? 0n);
  }

  /** The sum of squares as a double, right to about 15 digits. */
  approximateSquaresOf(owner: number): number {
    const compact = (this.#squaresHigh[owner] ?? 0) * squareBase + (this.#squaresLow[owner] ?? 0);
    return compact + Number(this.#largeOf(owner)?.squares ?? 0n);
  }

  #largeOf(owner: number): Large | undefined {
    return this.#large.size === 0 ? undefined : this.#large.get(owner);
  }

  #addLarge(owner: number, sum: bigint, squares: bigint): void {
    const large = this.#large.get(owner);
    if (large === undefined) {
      this.#large.set(owner, { sum, squares });
      return;
    }
    large.sum += sum;
    large.squares += squares;
  }
}
