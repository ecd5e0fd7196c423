const slotsMin = 1024;
/** Beyond this number of customers nothing more is noted, so that memory stays at 13 MB. */
const customersMax = 2 ** 20;

/**
 * In which partition of the topic each customer of a batch was seen first, by a hash of its id. Two customers of one hash may
 * pass for one, so a yes is a hint that the reader checks; a no is certain.
 */
export class CustomerPartitions {
  /** 0 is empty. At most three quarters are taken. */
  #hashes = new Uint32Array(slotsMin);
  #partitions = new Uint32Array(slotsMin);
  #size = 0;

  /** Notes a customer's record. @returns whether the customer may have been seen in another partition. */
  isScattered(customerHash: number, partition: number): boolean {
    const hash = customerHash || 1;
    const slot = this.#slotOf(hash);
    if (this.#hashes[slot] === hash) return this.#partitions[slot] !== partition;
    if (this.#size === customersMax) return true;
    this.#hashes[slot] = hash;
    this.#partitions[slot] = partition;
    this.#size += 1;
    if (this.#size * 4 > this.#hashes.length * 3) this.#grow();
    return false;
  }

  /** The slot that holds a hash, or the empty one for it. */
  #slotOf(hash: number): number {
    const mask = this.#hashes.length - 1;
    let slot = Math.imul(hash, 0x9e37_79b1) & mask;
    for (let stored = this.#hashes[slot]; stored !== 0 && stored !== hash; stored = this.#hashes[slot]) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const hashes = this.#hashes;
    const partitions = this.#partitions;
    this.#hashes = new Uint32Array(hashes.length * 2);
    this.#partitions = new Uint32Array(hashes.length * 2);
    hashes.forEach((hash, from) => {
      if (hash === 0) return;
      const slot = this.#slotOf(hash);
      this.#hashes[slot] = hash;
      this.#partitions[slot] = partitions[from] ?? 0;
    });
  }
}
