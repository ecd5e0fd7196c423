/** How many slots a table has for each entry it is made for: probes stay short at this load. */
const slotsPerEntry = 2;
const slotsMin = 1024;

/**
 * The order ids of a batch, in 16 bytes a slot whatever their length, so that a million of them take 32 MB.
 * Holds a 64-bit fingerprint and a place for each; a fingerprint alone proves nothing, so the caller compares the ids.
 */
export class SeenOrders {
  readonly #mask: number;
  /** Four words a slot, side by side: both halves of the fingerprint, then the place plus one in two; 0 is empty. */
  readonly #words: Uint32Array;
  #size = 0;

  /** @param entriesMax - How many ids it will hold at most. */
  constructor(entriesMax: number) {
    let slots = slotsMin;
    while (slots < entriesMax * slotsPerEntry) slots *= 2;
    this.#mask = slots - 1;
    this.#words = new Uint32Array(slots * wordsPerSlot);
  }

  /**
   * Looks for an id; remembers it with its place when it is new.
   * @param place - A whole number up to 2^53 - 2.
   * @param isSame - Whether the id at an earlier place is this one; asked only where fingerprints are equal.
   * @returns The earlier place, or undefined for a new id.
   */
  findOrAdd(orderId: string, place: number, isSame: (earlierPlace: number) => boolean): number | undefined {
    const words = this.#words;
    const { high, low } = fingerprint(orderId);
    let slot = low & this.#mask;
    for (;;) {
      const at = slot * wordsPerSlot;
      const stored = (words[at + 3] ?? 0) * wordValues + (words[at + 2] ?? 0);
      if (stored === 0) break;
      if (words[at] === high && words[at + 1] === low && isSame(stored - 1)) return stored - 1;
      slot = (slot + 1) & this.#mask;
    }
    if (this.#size > this.#mask / slotsPerEntry + 1) throw new RangeError('more order ids than the table was made for');
    const at = slot * wordsPerSlot;
    words[at] = high;
    words[at + 1] = low;
    words[at + 2] = (place + 1) % wordValues;
    words[at + 3] = Math.floor((place + 1) / wordValues);
    this.#size += 1;
    return undefined;
  }
}

const wordsPerSlot = 4;
const wordValues = 2 ** 32;

/** Two multiplicative 32-bit hashes over the UTF-16 units, mixed at the end (the finalizer of MurmurHash3). */
function fingerprint(text: string): { readonly high: number; readonly low: number } {
  let high = 0xdead_beef;
  let low = 0x41c6_ce57;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x9e37_79b1);
    low = Math.imul(low ^ unit, 0x5f35_6495);
  }
  return { high: mixed(high ^ (low >>> 15)), low: mixed(low ^ (high >>> 13)) };
}

function mixed(hash: number): number {
  let result = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  result = Math.imul(result ^ (result >>> 13), 0xc2b2_ae35);
  return (result ^ (result >>> 16)) >>> 0;
}
