import { bigintOf, copyRowSize, integerOf } from '../copy-format/copy-binary.ts';
import { transactionStream } from '../streams/transactions/transactions.ts';
import { RecordReader } from '../staging/staged-records.ts';
import { ChunkRing, readChunks, type SealedFile } from '../staging/staged-file.ts';

const names = transactionStream.sinks.transactions.columns.map(({ name }) => name);
const offsetNumber = names.indexOf('kafka_offset');
const partitionNumber = names.indexOf('kafka_partition');

/**
 * The rows of all shares in the order in which their records stand in Kafka, partition by partition, as chunks like those of
 * `readChunks`. Ids mostly sort by time: one share after the other, rows would go to all places of the primary key once a share,
 * a quarter more time for the COPY.
 */
export function* rowsInOrder(shares: readonly SealedFile[]): Generator<Buffer, void> {
  const [only, ...others] = shares;
  if (only !== undefined && others.length === 0) {
    yield* readChunks(only);
    return;
  }
  const readers = shares.map((share) => new ShareRows(share));
  try {
    yield* chunksOf(readers);
  } finally {
    for (const reader of readers) reader[Symbol.dispose]();
  }
}

function* chunksOf(shares: readonly ShareRows[]): Generator<Buffer, void> {
  const ring = new ChunkRing();
  let chunk = ring.next();
  let used = 0;
  const waiting = shares.filter((share) => share.next());
  for (let first = firstOf(waiting); first !== undefined; first = firstOf(waiting)) {
    const { bytes, at, end } = first;
    if (used + end - at > chunk.length) {
      yield chunk.subarray(0, used);
      chunk = ring.next();
      used = 0;
    }
    used += bytes.copy(chunk, used, at, end);
    if (!first.next()) waiting.splice(waiting.indexOf(first), 1);
  }
  yield chunk.subarray(0, used);
}

/** A share's rows, with the place in Kafka of the one in front. */
class ShareRows extends RecordReader {
  #partition = 0;
  #offset = 0;

  constructor(share: SealedFile) {
    super(share, copyRowSize);
  }

  override next(): boolean {
    if (!super.next()) return false;
    this.#partition = integerOf(this.bytes, this.at, partitionNumber);
    this.#offset = bigintOf(this.bytes, this.at, offsetNumber);
    return true;
  }

  isBefore(other: ShareRows): boolean {
    if (this.#partition !== other.#partition) return this.#partition < other.#partition;
    return this.#offset < other.#offset;
  }
}

/** The share whose row in front comes first in Kafka. */
function firstOf(shares: readonly ShareRows[]): ShareRows | undefined {
  let [first] = shares;
  if (first === undefined) return undefined;
  for (const share of shares) if (share.isBefore(first)) first = share;
  return first;
}
