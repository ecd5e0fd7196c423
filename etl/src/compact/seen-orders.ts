import { randomBytes } from 'node:crypto';

import { hashBytes } from './hash-bytes.ts';

/** How many slots a table has for each entry it is made for: probes stay short at this load. */
const slotsPerEntry = 1.5;
const slotsMin = 16;
const hashEnd = 2 ** 32;
const placeEnd = 2 ** 32 - 1;

/** Whether the id at an earlier place is the one that the bytes hold from `start` to `end`. */
export type IsIdAt = (earlierPlace: number, bytes: Uint8Array, start: number, end: number) => boolean;

/**
 * The order ids of a batch, in 9 bytes an id whatever their length, so that a million of them take 9 MB.
 * Holds a fingerprint and a place for each; a fingerprint alone proves nothing, so the caller compares the ids.
 */
export class SeenOrders {
  readonly #entriesMax: number;
  /** 16 bits of each id's hash; 0 is empty. Its other bits say where it stands. */
  readonly #fingerprints: Uint16Array;
  readonly #places: Uint32Array;
  /** Another one each time: nobody can choose ids that stand in each other's way. */
  readonly #seed = randomBytes(4).readUInt32LE();
  #size = 0;

  /** @param entriesMax - How many ids it will hold at most. */
  constructor(entriesMax: number) {
    const slots = Math.max(slotsMin, Math.ceil(entriesMax * slotsPerEntry));
    this.#entriesMax = entriesMax;
    this.#fingerprints = new Uint16Array(slots);
    this.#places = new Uint32Array(slots);
  }

  /**
   * Looks for an id, given as bytes from `start` to `end`; remembers it with its place when it is new.
   * @param place - A whole number up to 2^32 - 2.
   * @param isIdAt - Asked only where fingerprints are equal.
   * @returns The earlier place, or undefined for a new id.
   */
  findOrAdd(bytes: Uint8Array, start: number, end: number, place: number, isIdAt: IsIdAt): number | undefined {
    const fingerprints = this.#fingerprints;
    const slots = fingerprints.length;
    const hash = hashBytes(bytes, start, end, this.#seed);
    const fingerprint = hash & 0xffff || 1;
    let slot = Math.floor((hash / hashEnd) * slots);
    for (;;) {
      const stored = fingerprints[slot] ?? 0;
      if (stored === 0) break;
      if (stored === fingerprint) {
        const earlier = this.#places[slot] ?? 0;
        if (isIdAt(earlier, bytes, start, end)) return earlier;
      }
      slot += 1;
      if (slot === slots) slot = 0;
    }
    if (this.#size === this.#entriesMax) throw new RangeError('more order ids than the table was made for');
    if (place >= placeEnd) throw new RangeError(`place ${place} lies beyond what the table holds`);
    fingerprints[slot] = fingerprint;
    this.#places[slot] = place;
    this.#size += 1;
    return undefined;
  }
}
