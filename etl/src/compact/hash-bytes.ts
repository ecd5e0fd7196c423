/**
 * A multiplicative hash of bytes, four at a time, mixed at the end (the finalizer of MurmurHash3): an unsigned 32-bit number.
 * Hashes with different seeds tell nothing of each other.
 */
export function hashBytes(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed;
  let at = start;
  for (; at + 4 <= end; at += 4) hash = folded(hash, wordAt(bytes, at));
  for (; at < end; at += 1) hash = folded(hash, bytes[at] ?? 0);
  hash = Math.imul(hash ^ (end - start), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function folded(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x5f35_6495);
  return product ^ (product >>> 15);
}

function wordAt(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
  return low | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
}
