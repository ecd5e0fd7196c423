import { setTimeout as sleep } from 'node:timers/promises';

import { ConfigError, type Logger } from '@pulse/runtime';
import { CompressionTypes } from 'kafkajs';

import { createClient, type Client } from './client.ts';
import { createPatience } from './outage.ts';
import { createPartitionOf, type PartitionOf } from './partition.ts';
import { brokerEnvironments } from './broker-environments.ts';

interface Publishable {
  readonly key: string;
  readonly value: string | Buffer | null;
}

/** Records that Kafka has acknowledged: they stand one after the other from `baseOffset` on. */
export interface Acknowledged<Item extends Publishable> {
  readonly partition: number;
  readonly baseOffset: bigint;
  readonly records: readonly Item[];
}

interface PublishOptions<Item extends Publishable> {
  /** Called as soon as a partition's part of the records is safe. */
  readonly onAcknowledged: (acknowledged: Acknowledged<Item>) => void;
  /** Ends the wait for Kafka: what was not acknowledged by then may or may not be in the topic. */
  readonly signal: AbortSignal;
}

/** A connection to Kafka. Disposing of it disconnects, and waits for that a moment only. */
export interface Publisher extends AsyncDisposable {
  /** The topics that had never held a record when it was opened. */
  readonly newTopics: ReadonlySet<string>;
  /** Publishes records, each once and those of a key in order; resolves when all are acknowledged, through any outage. */
  readonly publish: <Item extends Publishable>(
    topic: string,
    records: readonly Item[],
    options: PublishOptions<Item>,
  ) => Promise<void>;
}

export interface PublisherOptions {
  readonly brokers: readonly string[];
  readonly topics: readonly string[];
  readonly logger: Logger;
  /** Ends the wait for Kafka and the topics. */
  readonly signal: AbortSignal;
  /** Why a Kafka that says that it is production's is refused; undefined where it is not. */
  readonly productionRefusal: string | undefined;
}

/** kafkajs's work for one call grows with the square of its records. */
const recordsPerCallMax = 1_000;
const disconnectTimeoutMs = 1_000;

/**
 * Connects, waiting for Kafka and for the topics as long as it takes.
 * @throws ConfigError for a production that is refused.
 */
export async function openPublisher({
  brokers,
  topics,
  logger,
  signal,
  productionRefusal,
}: PublisherOptions): Promise<Publisher> {
  const client = createClient({ brokers, logger });
  await using opening = new AsyncDisposableStack();
  opening.defer(() => disconnect(client));
  const patiently = createPatience(logger);
  await patiently(() => client.admin.connect(), signal);
  if (productionRefusal !== undefined) {
    const environments = await patiently(() => brokerEnvironments(client.admin, logger), signal);
    if (environments.includes('production')) throw new ConfigError(productionRefusal);
  }
  const metadata = await patiently(() => client.admin.fetchTopicMetadata({ topics: [...topics] }), signal);
  const newTopics = await topicsWithoutRecord(topics, (topic) =>
    patiently(() => client.admin.fetchTopicOffsets(topic), signal),
  );
  await client.admin.disconnect();
  await patiently(() => client.producer.connect(), signal);

  const partitionOf = new Map(
    metadata.topics.map(({ name, partitions }) => [name, createPartitionOf(name, partitions.length)]),
  );
  const opened = opening.move();

  return {
    newTopics,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
    publish: async (topic, records, { signal: giveUp, onAcknowledged }) => {
      const parts = groupByPartition(records, partitionOf.get(topic));
      await Promise.all(
        parts.map(async ({ partition, records: part }) => {
          for (let start = 0; start < part.length; start += recordsPerCallMax) {
            const slice = part.slice(start, start + recordsPerCallMax);
            const baseOffset = await patiently(() => send(client, topic, partition, slice), giveUp);
            onAcknowledged({ partition, baseOffset, records: slice });
          }
        }),
      );
    },
  };
}

/** A topic that retention has emptied has held records: its offsets have moved on. */
async function topicsWithoutRecord(
  topics: readonly string[],
  fetchOffsets: (topic: string) => Promise<readonly { readonly high: string }[]>,
): Promise<ReadonlySet<string>> {
  const newTopics = new Set<string>();
  for (const topic of topics) {
    const partitions = await fetchOffsets(topic);
    if (partitions.every(({ high }) => high === '0')) newTopics.add(topic);
  }
  return newTopics;
}

async function disconnect({ admin, producer }: Client): Promise<void> {
  await Promise.race([Promise.allSettled([admin.disconnect(), producer.disconnect()]), sleep(disconnectTimeoutMs)]);
}

/**
 * One call, one partition: kafkajs numbers a partition's records anew when a call fails as a whole, so that a
 * repetition is recognised by the broker; a call that fails for one broker of two would send the other's part twice.
 */
async function send(
  { producer }: Client,
  topic: string,
  partition: number,
  records: readonly Publishable[],
): Promise<bigint> {
  const [metadata] = await producer.send({
    topic,
    acks: -1,
    compression: CompressionTypes.None,
    messages: records.map(({ key, value }) => ({ key, value, partition })),
  });
  if (metadata?.baseOffset === undefined) throw new Error(`Kafka acknowledged ${topic}/${partition} without an offset`);
  return BigInt(metadata.baseOffset);
}

function groupByPartition<Item extends Publishable>(records: readonly Item[], partitionOf: PartitionOf | undefined) {
  if (partitionOf === undefined) throw new Error('the topic was not named when the publisher was made');
  const parts = new Map<number, Item[]>();
  for (const record of records) {
    const partition = partitionOf(record.key);
    const part = parts.get(partition);
    if (part === undefined) parts.set(partition, [record]);
    else part.push(record);
  }
  return [...parts].map(([partition, part]) => ({ partition, records: part }));
}
