/** Beyond this number of customers nothing more is noted, so that memory has a limit. */
const customersMax = 2 ** 20;

/**
 * In which partition of the topic each customer of a batch was seen first, by a hash of its id. Two customers of one hash may
 * pass for one, so a yes is a hint that the reader checks; a no is certain.
 */
export class CustomerPartitions {
  readonly #partitions = new Map<number, number>();

  /** Notes a customer's record. @returns whether the customer may have been seen in another partition. */
  isScattered(customerHash: number, partition: number): boolean {
    // A signed number of 32 bits takes no memory of its own.
    const hash = customerHash | 0;
    const first = this.#partitions.get(hash);
    if (first !== undefined) return first !== partition;
    if (this.#partitions.size === customersMax) return true;
    this.#partitions.set(hash, partition);
    return false;
  }
}
