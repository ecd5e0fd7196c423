import { bigintOf, copyRowSize, integerOf } from '../copy-format/copy-binary.ts';
import { transactionStream } from '../streams/transactions/transactions.ts';
import { RecordReader } from '../staging/staged-records.ts';
import { BlockRing, readBlocks, type StagedFile } from '../staging/staged-file.ts';

const names = transactionStream.sinks.transactions.columns.map(({ name }) => name);
const offsetNumber = names.indexOf('kafka_offset');
const partitionNumber = names.indexOf('kafka_partition');

/**
 * The rows of all chunks in the order in which their records stand in Kafka, partition by partition, as blocks like those of
 * `readBlocks`. Ids mostly sort by time: one chunk after the other, rows would go to all places of the primary key once a chunk,
 * a quarter more time for the COPY.
 */
export function* rowsInOrder(chunks: readonly StagedFile[]): Generator<Buffer, void> {
  const [only, ...others] = chunks;
  if (only !== undefined && others.length === 0) {
    yield* readBlocks(only);
    return;
  }
  const readers = chunks.map((chunk) => new ChunkRows(chunk));
  try {
    yield* mergedBlocks(readers);
  } finally {
    for (const reader of readers) reader[Symbol.dispose]();
  }
}

function* mergedBlocks(chunks: readonly ChunkRows[]): Generator<Buffer, void> {
  const ring = new BlockRing();
  let block = ring.next();
  let used = 0;
  const waiting = chunks.filter((chunk) => chunk.next());
  for (let first = earliestOf(waiting); first !== undefined; first = earliestOf(waiting)) {
    const { bytes, at, end } = first;
    if (used + end - at > block.length) {
      yield block.subarray(0, used);
      block = ring.next();
      used = 0;
    }
    used += bytes.copy(block, used, at, end);
    if (!first.next()) waiting.splice(waiting.indexOf(first), 1);
  }
  yield block.subarray(0, used);
}

/** A chunk's rows, with the place in Kafka of the one in front. */
class ChunkRows extends RecordReader {
  #partition = 0;
  #offset = 0;

  constructor(chunk: StagedFile) {
    super(chunk, copyRowSize);
  }

  override next(): boolean {
    if (!super.next()) return false;
    this.#partition = integerOf(this.bytes, this.at, partitionNumber);
    this.#offset = bigintOf(this.bytes, this.at, offsetNumber);
    return true;
  }

  isBefore(other: ChunkRows): boolean {
    if (this.#partition !== other.#partition) return this.#partition < other.#partition;
    return this.#offset < other.#offset;
  }
}

/** The chunk whose row in front comes first in Kafka. */
function earliestOf(chunks: readonly ChunkRows[]): ChunkRows | undefined {
  let [first] = chunks;
  if (first === undefined) return undefined;
  for (const chunk of chunks) if (chunk.isBefore(first)) first = chunk;
  return first;
}
