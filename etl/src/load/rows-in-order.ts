import { bigintOf, copyRowSize, integerOf } from '../batch/copy-binary.ts';
import { transactionColumns } from '../batch/copy-columns.ts';
import { RecordRun, type SealedFile } from '../batch/record-run.ts';
import { ChunkRing, readChunks } from '../batch/staged-file.ts';

const offsetNumber = transactionColumns.indexOf('kafka_offset');
const partitionNumber = transactionColumns.indexOf('kafka_partition');

/**
 * The rows of all shares in the order in which their records stand in Kafka, partition by partition, as chunks like those of
 * `readChunks`. One share after the other they would go to all places of the indexes as often as there are shares: a quarter
 * more time for the COPY.
 */
export function* rowsInOrder(shares: readonly SealedFile[]): Generator<Buffer, void> {
  const [only, ...others] = shares;
  if (only !== undefined && others.length === 0) {
    yield* readChunks(only.path, only.seal);
    return;
  }
  const runs = shares.map((share) => new RowRun(share));
  try {
    yield* chunksOf(runs);
  } finally {
    for (const run of runs) run[Symbol.dispose]();
  }
}

function* chunksOf(runs: readonly RowRun[]): Generator<Buffer, void> {
  const ring = new ChunkRing();
  let chunk = ring.next();
  let used = 0;
  const waiting = runs.filter((run) => run.next());
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
class RowRun extends RecordRun {
  partition = 0;
  offset = 0;

  constructor(share: SealedFile) {
    super(share, copyRowSize);
  }

  override next(): boolean {
    if (!super.next()) return false;
    this.partition = integerOf(this.bytes, this.at, partitionNumber);
    this.offset = bigintOf(this.bytes, this.at, offsetNumber);
    return true;
  }
}

function firstOf(runs: readonly RowRun[]): RowRun | undefined {
  let first = runs[0];
  if (first === undefined) return undefined;
  for (const run of runs) {
    if (run.partition < first.partition || (run.partition === first.partition && run.offset < first.offset))
      first = run;
  }
  return first;
}
