import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';

import { encodeTransaction, recordKey, type TransactionMessage } from '@pulse/contract';
import kafkajs, { type Admin, type Kafka, type Message } from 'kafkajs';
import { expect, vi } from 'vitest';

/** A record as it goes to Kafka; without a partition the key decides. */
export interface TestRecord {
  readonly key?: string | Buffer | null;
  readonly value: string | Buffer | null;
  readonly partition?: number;
  /** Milliseconds since 1970, of the record itself; now by default. */
  readonly timestampMs?: number;
}

/** Where a test record may stand. */
export type Place = Pick<TestRecord, 'partition' | 'timestampMs'>;

/** The record of a message, as the producer would send it. */
export function recordOf(message: TransactionMessage, place: Place = {}): TestRecord {
  return { key: recordKey(message), value: encodeTransaction(message), ...place };
}

/** A client that is quiet and gives up soon. */
export function kafkaClient(bootstrapServers: string): Kafka {
  registerZstd();
  return new kafkajs.Kafka({
    brokers: bootstrapServers.split(','),
    clientId: 'tests',
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 8, initialRetryTime: 50 },
  });
}

const compressions = {
  none: kafkajs.CompressionTypes.None,
  gzip: kafkajs.CompressionTypes.GZIP,
  zstd: kafkajs.CompressionTypes.ZSTD,
} as const;
export type Compression = keyof typeof compressions;

/** Publishes records in order; resolves when the broker has them all. */
export async function publish(
  kafka: Kafka,
  topic: string,
  records: readonly TestRecord[],
  compression: Compression = 'none',
): Promise<void> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  try {
    await producer.send({ topic, messages: records.map(messageOf), compression: compressions[compression] });
  } finally {
    await producer.disconnect();
  }
}

/** Publishes records in one Kafka transaction and ends it; both markers then take an offset of their own. */
export async function publishInTransaction(
  kafka: Kafka,
  topic: string,
  records: readonly TestRecord[],
  end: 'commit' | 'abort',
): Promise<void> {
  const transactionalId = `${topic}-${end}`;
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, transactionalId });
  await producer.connect();
  try {
    const before = sum(await logEnds(kafka, topic));
    const transaction = await producer.transaction();
    const sent = await transaction.send({ topic, messages: records.map(messageOf) });
    await transaction[end]();
    // The broker answers before it has written the markers, one a partition; until then readers see nothing of it.
    const after = before + records.length + new Set(sent.map(({ partition }) => partition)).size;
    await vi.waitFor(async () => expect(sum(await logEnds(kafka, topic))).toBe(after), { timeout: 10_000 });
  } finally {
    await producer.disconnect();
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Opens an administrator's connection for one piece of work. */
export async function withAdmin<Result>(kafka: Kafka, work: (admin: Admin) => Promise<Result>): Promise<Result> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Deletes the records of a partition below an offset, as retention does. */
export async function deleteRecordsBelow(
  kafka: Kafka,
  topic: string,
  partition: number,
  offset: number,
): Promise<void> {
  await withAdmin(kafka, async (admin) => {
    // The administrator finds a partition's leader only for topics that it has asked about.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
  });
}

/** The end of each partition's log, by partition. */
export async function logEnds(kafka: Kafka, topic: string): Promise<readonly number[]> {
  const offsets = await withAdmin(kafka, (admin) => admin.fetchTopicOffsets(topic));
  return offsets.toSorted((a, b) => a.partition - b.partition).map(({ high }) => Number(high));
}

function messageOf({ key = null, value, partition, timestampMs }: TestRecord): Message {
  return {
    key,
    value,
    ...(partition === undefined ? {} : { partition }),
    ...(timestampMs === undefined ? {} : { timestamp: String(timestampMs) }),
  };
}

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

function registerZstd(): void {
  kafkajs.CompressionCodecs[compressions.zstd] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => compress(buffer),
    decompress: (buffer: Buffer) => decompress(buffer),
  });
}
