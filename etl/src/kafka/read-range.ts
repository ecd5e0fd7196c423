import type { RawRecord } from './raw-record.ts';
import { acceptLossCommand, IntegrityError, TemporaryError } from '../failures/errors.ts';
import { failpoint } from '../failures/failpoint.ts';
import { retrying } from '../failures/retrying.ts';
import type { FetchedBatch, FetchedPartition, FetchedRecord, KafkaClient } from './kafka-client.ts';
import { unreadableBatch } from './unreadable-batch.ts';
import { isTemporaryOfKafka } from './kafka-errors.ts';

const emptyFetchesMax = 20;

/** The topic that is read, and how long to wait while there is no progress. */
export interface RangeSource {
  readonly client: KafkaClient;
  readonly topic: string;
  readonly waitMaxMs: number;
}

/** Takes some records in order; they share memory that is only theirs until it returns. */
export type TakeRecords = (records: readonly RawRecord[]) => void;

/** What is read of one partition. */
export interface ReadableRange {
  readonly partition: number;
  readonly fromOffset: number;
  readonly nextOffset: number;
  /** For the incident of a record batch that can not be read; 0 where there can be none. */
  readonly epoch?: number;
}

/** Whether the loss of a record batch that can not be read was accepted. */
export type IsGivenUp = (batch: Required<ReadableRange>) => Promise<boolean>;

/**
 * Reads the records of [fromOffset, nextOffset) of one partition, in order, each exactly once. Control records, aborted
 * transactions and compacted offsets are passed over. Ends by offset, never by time; while there is no progress it
 * retries up to the source's `waitMaxMs`.
 * @returns how many of the offsets belong to control records, aborted transactions and batches that were given up. Where others
 * hold no record, compaction has removed it.
 * @throws IntegrityError when the log no longer reaches back to where it has to read, or has a record batch that this
 * release can not read and whose loss was not accepted.
 */
export async function readRange(
  source: RangeSource,
  range: ReadableRange,
  take: TakeRecords,
  signal: AbortSignal,
  isGivenUp: IsGivenUp = async () => false,
): Promise<number> {
  const { partition, nextOffset, epoch = 0 } = range;
  let offset = range.fromOffset;
  let emptyFetches = 0;
  let passedOver = 0;
  while (offset < nextOffset) {
    signal.throwIfAborted();
    const at = offset;
    const fetched = await retrying(async () => source.client.fetch(partition, at), {
      isTemporary: isTemporaryOfKafka,
      what: `reading ${source.topic} partition ${partition} from offset ${at}`,
      waitMaxMs: source.waitMaxMs,
      signal,
    });
    if (fetched === 'out_of_range' || fetched.lowOffset > at) throw await truncated(source, partition, range, at);
    const batches = committedBatches(fetched);
    passedOver += offsetsOfOthers(fetched.batches, batches, at, nextOffset);
    const unread = batches.filter((batch) => lastOffset(batch) >= at && Number(batch.firstOffset) < nextOffset);
    for (const batch of unread) {
      if (batch.unreadable === undefined) continue;
      const facts = { partition, epoch, fromOffset: Number(batch.firstOffset), nextOffset: lastOffset(batch) + 1 };
      if (!(await isGivenUp(facts))) throw unreadableBatch(source.topic, facts, batch.unreadable);
      passedOver += offsetsWithin(batch, at, nextOffset);
    }
    const records = rawRecords(partition, batches).filter(({ offset: of }) => of >= at && of < nextOffset);
    if (records.length > 0) take(records);
    failpoint('mid-read');
    offset = offsetAfter(fetched.batches) ?? offset;
    emptyFetches = offset > at ? 0 : emptyFetches + 1;
    if (emptyFetches >= emptyFetchesMax) {
      throw new TemporaryError(`${source.topic} partition ${partition} gives nothing at offset ${at} below its end`);
    }
  }
  return passedOver;
}

/** What is lost of a range whose offset `at` is no longer within the log, by what the log still has. */
async function truncated(
  source: RangeSource,
  partition: number,
  range: { readonly nextOffset: number },
  at: number,
): Promise<IntegrityError> {
  const { topic } = source;
  const logs = await source.client.partitionOffsets();
  const lowOffset = Number(logs.find((log) => log.partition === partition)?.lowOffset ?? at);
  const lostUpTo = Math.min(Math.max(lowOffset, at), range.nextOffset);
  const lostCount = lostUpTo - at;
  const what =
    lostCount > 0
      ? `offsets ${at} to ${lostUpTo - 1} were deleted while the batch read them (${lostCount} lost)`
      : `offset ${at} is no longer within the log, though the batch planned to read up to ${range.nextOffset - 1}`;
  return new IntegrityError(
    'truncated_while_reading',
    `${topic} partition ${partition}: ${what}`,
    `look at the topic's retention; to go on without the lost records: ${acceptLossCommand(partition)}`,
    [
      {
        kind: 'truncated_while_reading',
        topic,
        partition,
        fromOffset: BigInt(at),
        nextOffset: BigInt(lostUpTo),
        lostCount: lostCount > 0 ? lostCount : null,
        message: `${topic} partition ${partition}: ${what}`,
      },
    ],
  );
}

/** What a committed reader may see of a fetch: no control records, nothing of an aborted transaction (KIP-98). */
function committedBatches(fetched: FetchedPartition): FetchedBatch[] {
  const committed: FetchedBatch[] = [];
  const aborted = new Set<string>();
  const begins = fetched.abortedTransactions.toSorted((a, b) => a.firstOffset - b.firstOffset);
  for (const batch of fetched.batches) {
    const { isControlBatch, inTransaction, producerId } = batch;
    const last = lastOffset(batch);
    while (begins[0] !== undefined && begins[0].firstOffset <= last) {
      const begun = begins.shift();
      if (begun !== undefined) aborted.add(begun.producerId);
    }
    if (isControlBatch) aborted.delete(producerId);
    else if (!inTransaction || !aborted.has(producerId)) committed.push(batch);
  }
  return committed;
}

/** How many offsets from `at` to `nextOffset` lie in batches of a fetch that are not among the committed ones. */
function offsetsOfOthers(
  batches: readonly FetchedBatch[],
  committed: readonly FetchedBatch[],
  at: number,
  nextOffset: number,
): number {
  if (committed.length === batches.length) return 0;
  const isCommitted = new Set(committed);
  return batches
    .filter((batch) => !isCommitted.has(batch))
    .reduce((sum, batch) => sum + offsetsWithin(batch, at, nextOffset), 0);
}

function offsetsWithin(batch: FetchedBatch, at: number, nextOffset: number): number {
  return Math.max(0, Math.min(lastOffset(batch) + 1, nextOffset) - Math.max(Number(batch.firstOffset), at));
}

function rawRecords(partition: number, batches: readonly FetchedBatch[]): RawRecord[] {
  const records: RawRecord[] = [];
  for (const batch of batches) for (const record of batch.records) records.push(rawRecord(partition, record));
  return records;
}

function rawRecord(partition: number, { offset, timestamp, key, value }: FetchedRecord): RawRecord {
  return { partition, offset: Number(offset), timestampMs: datable(Number(timestamp)), key, value };
}

/**
 * The producer's clock may be wrong: times beyond the years 1000 to 9999 become the nearest of them. PostgreSQL holds earlier ones,
 * but JavaScript reads a year of two digits as one of the last century.
 */
function datable(timestampMs: number): number {
  return Math.min(Math.max(timestampMs, firstMs), lastMs);
}

const firstMs = Date.parse('1000-01-01T00:00:00Z');
const lastMs = Date.parse('9999-12-31T23:59:59.999Z');

function lastOffset({ firstOffset, lastOffsetDelta }: FetchedBatch): number {
  return Number(firstOffset) + lastOffsetDelta;
}

/** The offset behind the last record batch: control records, emptied batches and holes at its end are passed with it. */
function offsetAfter(batches: readonly FetchedBatch[]): number | undefined {
  const last = batches.at(-1);
  return last === undefined ? undefined : lastOffset(last) + 1;
}
