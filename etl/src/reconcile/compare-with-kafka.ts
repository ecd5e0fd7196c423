import { hash } from 'node:crypto';

import type { ReconciliationDifference } from '@pulse/migrations/schema';

import type { RawRecord } from '../kafka/raw-record.ts';
import type { Context } from '../program/context.ts';
import type { ReadableRange } from '../kafka/read-range.ts';
import { requireKnownCluster } from '../program/known-cluster.ts';
import type { KafkaSource } from '../kafka/kafka-source.ts';
import { contentHashOf } from '../streams/content-hash.ts';
import { transactionStream } from '../streams/transactions/transactions.ts';
import { validateRecord } from '../streams/validate-record.ts';
import { isGivenUp } from '../warehouse/given-up-batches.ts';
import type { CheckedRange, Findings, ReconcileSnapshot, StoredRecord } from './reconcile-snapshot-queries.ts';

/** Offsets that are compared at once: this limits the memory. */
const windowSize = 10_000;
const listedMax = 50;

/** A record of Kafka, without its bytes. */
interface ReadRecord {
  /** Null where the record is no valid transaction, at whatever time it is validated. */
  readonly sale: { readonly orderId: string; readonly contentHash: string } | null;
  readonly valueHash: string | null;
}

/** What reading Kafka again has found. */
export interface KafkaFindings extends Findings {
  readonly readCount: number;
  /** Topics with loaded ranges that Kafka does not have any more. */
  readonly missingTopics: readonly string[];
}

/**
 * Reads again every loaded range that Kafka still has, of every topic, and compares: each record is a transaction with the same
 * content, a rejected record with the same bytes, or a duplicate of a transaction; and each row has its record.
 */
export async function compareWithKafka(context: Context, snapshot: ReconcileSnapshot): Promise<KafkaFindings> {
  await requireKnownCluster(context);
  const configured = await context.kafka();
  const ranges = Map.groupBy(await snapshot.ranges(), ({ topic }) => topic);
  const present = await configured.topicNames();
  const comparison = new Comparison(snapshot);
  for (const [topic, rangesOfTopic] of ranges) {
    if (topic === configured.topic) await compareTopic(context, configured, snapshot, comparison, rangesOfTopic);
    else if (present.has(topic)) {
      const { connectKafkaSource } = await import('../kafka/kafka-source.ts');
      await using source = await connectKafkaSource({ ...context.config.kafka, topic }, context.logger);
      await compareTopic(context, source, snapshot, comparison, rangesOfTopic);
    }
  }
  return { ...comparison.result(), missingTopics: [...ranges.keys()].filter((topic) => !present.has(topic)) };
}

async function compareTopic(
  context: Context,
  source: KafkaSource,
  snapshot: ReconcileSnapshot,
  comparison: Comparison,
  ranges: readonly CheckedRange[],
): Promise<void> {
  const lows = new Map(
    (await source.partitionOffsets()).map(({ partition, lowOffset }) => [partition, Number(lowOffset)]),
  );
  for (const partition of new Set(ranges.map((range) => range.partition))) {
    const low = lows.get(partition);
    if (low === undefined) continue;
    // What retention has begun to delete can no longer be counted.
    const whole = ranges.filter((range) => range.partition === partition && range.fromOffset >= low);
    await comparePartition(context, source, snapshot, comparison, whole);
  }
}

async function comparePartition(
  context: Context,
  source: KafkaSource,
  snapshot: ReconcileSnapshot,
  comparison: Comparison,
  ranges: readonly CheckedRange[],
): Promise<void> {
  const [first] = ranges;
  if (first === undefined) return;
  const stored = new RowReader(snapshot.storedRecords(first, first.fromOffset));
  for (const range of ranges) {
    await stored.skipTo(range.fromOffset);
    let duplicates = 0;
    let read = 0;
    for (let from = range.fromOffset; from < range.nextOffset; from += windowSize) {
      const window = {
        partition: range.partition,
        epoch: range.epoch,
        fromOffset: from,
        nextOffset: Math.min(from + windowSize, range.nextOffset),
      };
      const records = await readWindow(context, source, window);
      read += records.size;
      const rows = await stored.takeBefore(window.nextOffset);
      duplicates += await comparison.compare(range, records, rows);
    }
    comparison.countRange(range, read, duplicates);
  }
  await stored.close();
}

async function readWindow(
  { warehouse }: Context,
  source: KafkaSource,
  window: ReadableRange,
): Promise<Map<number, ReadRecord>> {
  const records = new Map<number, ReadRecord>();
  const take = (taken: readonly RawRecord[]): void => {
    for (const record of taken) records.set(record.offset, readRecord(record));
  };
  await source.readRange(window, take, new AbortController().signal, async (unreadable) =>
    isGivenUp(warehouse.db, source.topic, unreadable),
  );
  return records;
}

/** Limits that accept whatever a batch may have accepted. */
const noLimits = {
  messageMaxBytes: Infinity,
  eventFutureMaxMs: Infinity,
  eventAgeMaxMs: Infinity,
  currencyGraceDays: Infinity,
};

function readRecord(record: RawRecord): ReadRecord {
  const result = validateRecord(transactionStream, record, noLimits, 0);
  const sale =
    result.kind === 'valid'
      ? { orderId: result.record.orderId, contentHash: contentHashOf(transactionStream.contentDigest(result.record)) }
      : null;
  return { sale, valueHash: record.value === null ? null : hash('sha256', record.value, 'hex') };
}

/** Rows of the warehouse, which are read when they are needed. */
class RowReader {
  readonly #rows: AsyncGenerator<StoredRecord, void>;
  #next: StoredRecord | undefined;
  #isDone = false;

  constructor(rows: AsyncGenerator<StoredRecord, void>) {
    this.#rows = rows;
  }

  async skipTo(offset: number): Promise<void> {
    await this.takeBefore(offset);
  }

  /** The rows before an offset that were not taken yet. */
  async takeBefore(offset: number): Promise<StoredRecord[]> {
    const taken: StoredRecord[] = [];
    for (;;) {
      const row = await this.#peek();
      if (row === undefined || row.offset >= offset) return taken;
      taken.push(row);
      this.#next = undefined;
    }
  }

  async close(): Promise<void> {
    await this.#rows.return();
  }

  async #peek(): Promise<StoredRecord | undefined> {
    if (this.#next !== undefined || this.#isDone) return this.#next;
    const { value, done } = await this.#rows.next();
    this.#isDone = done === true;
    this.#next = value ?? undefined;
    return this.#next;
  }
}

/** Differences found so far. */
class Comparison {
  readonly #snapshot: ReconcileSnapshot;
  readonly #differences: ReconciliationDifference[] = [];
  #differenceCount = 0;
  #readCount = 0;

  constructor(snapshot: ReconcileSnapshot) {
    this.#snapshot = snapshot;
  }

  result(): Findings & { readonly readCount: number } {
    return { differences: this.#differences, differenceCount: this.#differenceCount, readCount: this.#readCount };
  }

  /** Compares one window of a range. @returns how many of its records are duplicates. */
  async compare(
    range: CheckedRange,
    records: ReadonlyMap<number, ReadRecord>,
    rows: readonly StoredRecord[],
  ): Promise<number> {
    this.#readCount += records.size;
    const settled = new Set<number>();
    for (const row of rows) {
      settled.add(row.offset);
      this.#compareRow(range, row, records.get(row.offset));
    }
    const left = [...records].filter(([offset]) => !settled.has(offset));
    const orderIds = left.flatMap(([, { sale }]) => (sale === null ? [] : [sale.orderId]));
    const known = orderIds.length === 0 ? new Map<string, string>() : await this.#snapshot.knownOrders(orderIds);
    let duplicates = 0;
    for (const [offset, { sale }] of left) {
      if (sale !== null && known.get(sale.orderId) === sale.contentHash) duplicates += 1;
      else
        this.#report(
          'record_lost',
          range,
          offset,
          'a transaction, a duplicate of one, or a rejected record',
          'nothing',
        );
    }
    return duplicates;
  }

  countRange(range: CheckedRange, read: number, duplicates: number): void {
    const { fromOffset, readCount, duplicateCount } = range;
    if (read !== readCount) this.#report('range_read', range, fromOffset, `${readCount} records`, `${read} in Kafka`);
    if (duplicateCount !== null && duplicates !== duplicateCount) {
      this.#report('range_duplicates', range, fromOffset, `${duplicateCount} duplicates`, `${duplicates} in Kafka`);
    }
  }

  #compareRow(range: CheckedRange, row: StoredRecord, record: ReadRecord | undefined): void {
    const { offset, contentHash: storedHash, valueHash } = row;
    const what = storedHash === null ? 'rejected record' : `transaction ${row.orderId ?? ''}`;
    if (record === undefined) {
      this.#report('row_without_record', range, offset, 'a record in Kafka', `none, but a ${what}`);
    } else if (storedHash !== null && record.sale?.contentHash !== storedHash) {
      this.#report(
        'content_differs',
        range,
        offset,
        `content ${record.sale?.contentHash ?? 'that is invalid'}`,
        storedHash,
      );
    } else if (storedHash === null && row.hasValue && record.valueHash !== valueHash) {
      this.#report('bytes_differ', range, offset, `value ${record.valueHash ?? 'null'}`, valueHash ?? 'null');
    }
  }

  #report(check: keyof typeof messages, range: CheckedRange, offset: number, expected: string, found: string): void {
    this.#differenceCount += 1;
    if (this.#differences.length >= listedMax) return;
    const subject = `${range.topic} partition ${range.partition}, offset ${offset} (batch ${range.batchId})`;
    this.#differences.push({ check, subject, expected, found, message: messages[check] });
  }
}

const messages = {
  record_lost: 'a record of Kafka is not in the warehouse',
  row_without_record: 'a row of the warehouse has no record in Kafka',
  content_differs: 'a transaction has other content than its record',
  bytes_differ: 'a rejected record has other bytes than in Kafka',
  range_read: 'a range has another number of records in Kafka than were read from it: its holes have changed',
  range_duplicates: 'a range has another number of duplicates in Kafka than were counted',
} as const;
