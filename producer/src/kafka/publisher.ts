import { setTimeout as sleep } from 'node:timers/promises';

import { ConfigError, type Logger } from '@pulse/runtime';
import kafkajs from 'kafkajs';

import { brokerEnvironments } from './broker-environments.ts';
import { createClient, type Client } from './client.ts';
import { createPartitionOf, type PartitionOf } from './partition.ts';
import { createRetry } from './retry.ts';

interface Publishable {
  readonly key: string;
  readonly value: string | Buffer | null;
}

/** Records that Kafka has acknowledged, at consecutive offsets from `baseOffset` on. */
export interface Acknowledged<Item extends Publishable> {
  readonly partition: number;
  readonly baseOffset: bigint;
  readonly records: readonly Item[];
}

interface PublishOptions<Item extends Publishable> {
  /** Called for each acknowledged part of the records, as soon as Kafka has acknowledged it. */
  readonly onAcknowledged: (acknowledged: Acknowledged<Item>) => void;
  /** Ends the wait for Kafka. Records without an acknowledgement may or may not be in the topic then. */
  readonly signal: AbortSignal;
}

/** A connection to Kafka. Disposing of it disconnects, and waits a second at most. */
export interface Publisher extends AsyncDisposable {
  /** The topics that had never held a record when the publisher was opened. */
  readonly newTopics: ReadonlySet<string>;
  /** Publishes each record once, those of a key in order. Resolves when all are acknowledged, after any outage. */
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
  /** Why production's Kafka is refused; undefined where it is not. */
  readonly productionRefusal: string | undefined;
}

/** The work of kafkajs for one call grows with the square of its records. */
const recordsPerCallMax = 1_000;
const disconnectTimeoutMs = 1_000;

/**
 * Connects. Waits for Kafka and the topics without a limit of time.
 * @throws ConfigError where production's Kafka is refused.
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
  const retry = createRetry(logger);
  await retry(() => client.admin.connect(), signal);
  if (productionRefusal !== undefined) {
    const environments = await retry(() => brokerEnvironments(client.admin, logger), signal);
    if (environments.includes('production')) throw new ConfigError(productionRefusal);
  }
  const metadata = await retry(() => client.admin.fetchTopicMetadata({ topics: [...topics] }), signal);
  const newTopics = await topicsWithoutRecords(topics, (topic) =>
    retry(() => client.admin.fetchTopicOffsets(topic), signal),
  );
  await client.admin.disconnect();
  await retry(() => client.producer.connect(), signal);

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
            const baseOffset = await retry(() => send(client, topic, partition, slice), giveUp);
            onAcknowledged({ partition, baseOffset, records: slice });
          }
        }),
      );
    },
  };
}

/** A topic that retention has emptied is not new: its offsets have moved on. */
async function topicsWithoutRecords(
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
 * Sends to one partition. kafkajs gives the records of a partition the same sequence numbers again when the whole call has
 * failed, so that the broker recognises a retry. A call to two brokers that fails for one would send the other's part twice.
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
    compression: kafkajs.CompressionTypes.None,
    messages: records.map(({ key, value }) => ({ key, value, partition })),
  });
  if (metadata?.baseOffset === undefined) throw new Error(`Kafka acknowledged ${topic}/${partition} without an offset`);
  return BigInt(metadata.baseOffset);
}

function groupByPartition<Item extends Publishable>(records: readonly Item[], partitionOf: PartitionOf | undefined) {
  if (partitionOf === undefined) throw new Error('the publisher was opened without this topic');
  const parts = new Map<number, Item[]>();
  for (const record of records) {
    const partition = partitionOf(record.key);
    const part = parts.get(partition);
    if (part === undefined) parts.set(partition, [record]);
    else part.push(record);
  }
  return [...parts].map(([partition, part]) => ({ partition, records: part }));
}
