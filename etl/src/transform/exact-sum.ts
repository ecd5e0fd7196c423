/** Sums below it are exact doubles, and so is every step towards them. */
export const compactEnd = 2 ** 52;

/** A sum of whole numbers, none negative: a double while that is exact, which costs no memory to change. */
export class ExactSum {
  #compact = 0;
  #rest = 0n;

  add(amount: bigint): void {
    const sum = this.#compact + Number(amount);
    if (sum < compactEnd) this.#compact = sum;
    else this.#rest += amount;
  }

  get value(): bigint {
    return BigInt(this.#compact) + this.#rest;
  }
}
