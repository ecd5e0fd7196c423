/**
 * A large batch is processed in chunks, by a hash of the customer's id, so that memory does not grow with its customers: all of a
 * customer's transactions are in one chunk, and only what one chunk's customers have done is in memory at a time. (A database calls
 * this a hash partition, or a Grace hash.)
 */

/** A million records make 16 chunks. */
const recordsPerChunk = 65_536;
/** Each chunk is an open file of validate's, and of load's. */
const chunksMax = 64;

const offsetBasis = 0x811c_9dc5;
const prime = 0x0100_0193;

/** How many chunks a batch has. */
export function chunkCountOf(records: number): number {
  return Math.min(chunksMax, Math.max(1, Math.ceil(records / recordsPerChunk)));
}

/** The chunk of a customer's transactions. */
export function chunkOf(customerId: string, chunkCount: number): number {
  return hashOfCustomer(customerId) % chunkCount;
}

/** A customer's hash, an unsigned 32-bit number: FNV-1a over the id's UTF-16 units, mixed as in MurmurHash3. */
export function hashOfCustomer(customerId: string): number {
  let hash = offsetBasis;
  for (let at = 0; at < customerId.length; at += 1) hash = Math.imul(hash ^ customerId.charCodeAt(at), prime);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash ^= hash >>> 13;
  return hash >>> 0;
}
