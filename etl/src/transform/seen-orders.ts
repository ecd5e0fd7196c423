import { hashBytes } from '../hash-bytes.ts';

/** How many slots a table has for each entry it is made for: probes stay short at this load. */
const slotsPerEntry = 2;
const slotsMin = 1024;
const wordsPerSlot = 2;
const placeEnd = 2 ** 32 - 1;
const [slotSeed, fingerprintSeed] = [0x41c6_ce57, 0x0ead_beef];

/**
 * The order ids of a batch, in 8 bytes a slot whatever their length, so that a million of them take 16 MB.
 * Holds a fingerprint and a place for each; a fingerprint alone proves nothing, so the caller compares the ids.
 */
export class SeenOrders {
  readonly #mask: number;
  /** Two words a slot, side by side: a fingerprint, and the place plus one; 0 is empty. */
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
   * Looks for an id, given as bytes from `start` to `end`; remembers it with its place when it is new.
   * @param place - A whole number up to 2^32 - 2.
   * @param isSame - Whether the id at an earlier place is this one; asked only where fingerprints are equal.
   * @returns The earlier place, or undefined for a new id.
   */
  findOrAdd(
    bytes: Uint8Array,
    start: number,
    end: number,
    place: number,
    isSame: (earlierPlace: number) => boolean,
  ): number | undefined {
    const words = this.#words;
    const hash = hashBytes(bytes, start, end, slotSeed);
    const fingerprint = hashBytes(bytes, start, end, fingerprintSeed);
    let slot = hash & this.#mask;
    for (;;) {
      const stored = words[slot * wordsPerSlot + 1] ?? 0;
      if (stored === 0) break;
      if (words[slot * wordsPerSlot] === fingerprint && isSame(stored - 1)) return stored - 1;
      slot = (slot + 1) & this.#mask;
    }
    if (this.#size > this.#mask / slotsPerEntry + 1) throw new RangeError('more order ids than the table was made for');
    if (place >= placeEnd) throw new RangeError(`place ${place} lies beyond what the table holds`);
    words[slot * wordsPerSlot] = fingerprint;
    words[slot * wordsPerSlot + 1] = place + 1;
    this.#size += 1;
    return undefined;
  }
}
