/**
 * A large batch is worked on share by share, so that memory does not grow with its customers: all sales of one are in one share,
 * and only what one share's customers have done is in memory at a time. (What a database calls a partitioned, or Grace, hash.)
 */

/** So many records make a share of their own: of a million there are 16. */
const recordsPerShare = 65_536;
/** Each share is an open file of validate's, and of load's. */
const sharesMax = 64;

const offsetBasis = 0x811c_9dc5;
const prime = 0x0100_0193;

/** How many shares a batch of so many records has. */
export function shareCountOf(records: number): number {
  return Math.min(sharesMax, Math.max(1, Math.ceil(records / recordsPerShare)));
}

/** The share of a customer's sales. */
export function shareOf(customerId: string, shareCount: number): number {
  return hashOfCustomer(customerId) % shareCount;
}

/** A customer's hash, an unsigned 32-bit number: FNV-1a over the id's UTF-16 units, mixed as in MurmurHash3. */
export function hashOfCustomer(customerId: string): number {
  let hash = offsetBasis;
  for (let at = 0; at < customerId.length; at += 1) hash = Math.imul(hash ^ customerId.charCodeAt(at), prime);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash ^= hash >>> 13;
  return hash >>> 0;
}
