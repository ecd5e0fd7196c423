import type { Logger } from '@pulse/runtime';
import type Cluster from 'kafkajs/src/cluster/index.js';

import { TemporaryError } from '../failures/errors.ts';
import { retrying } from '../failures/retrying.ts';
import { topicSettingsOf, watchedSettings, type TopicSettings } from './topic-settings.ts';
import { createCluster, readUncommitted } from './cluster.ts';
import { isTemporaryOfKafka } from './kafka-errors.ts';

export interface KafkaSourceOptions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly consumerGroup: string;
  readonly waitMaxMs: number;
}

/** One topic of a Kafka cluster, read by offsets and without a consumer group. */
export interface KafkaSource extends AsyncDisposable {
  readonly topic: string;
  /** Null where the brokers name none. */
  readonly clusterId: string | null;
  readonly cluster: Cluster;
  readonly waitMaxMs: number;
  /** The names of all topics of the cluster. */
  topicNames(): Promise<ReadonlySet<string>>;
  /** Begins and ends of all partitions. */
  partitionOffsets(): Promise<PartitionOffsets[]>;
  /**
   * The end of each partition behind all records that Kafka has, by partition. What lies between the last stable offset and
   * here belongs to an open transaction, or waits for its end.
   */
  highWatermarks(): Promise<ReadonlyMap<number, bigint>>;
  /** What the broker's settings do to the topic's records. */
  topicSettings(): Promise<TopicSettings>;
  /** Copies positions to the consumer group's offsets, for tools that show lag. */
  mirrorPositions(positions: readonly { partition: number; nextOffset: bigint }[]): Promise<void>;
}

/** Connects to Kafka, waiting for it up to `waitMaxMs`, or until the signal. @throws TemporaryError when it stays away. */
export async function connectKafkaSource(
  options: KafkaSourceOptions,
  logger: Logger,
  signal?: AbortSignal,
): Promise<KafkaSource> {
  const { brokers, topic, consumerGroup, waitMaxMs } = options;
  const cluster = await retrying(async () => connectedCluster(options, logger, signal), {
    isTemporary: isTemporaryOfKafka,
    what: `reaching topic ${topic} on Kafka at ${brokers.join(', ')}`,
    waitMaxMs,
    signal,
    onRetry: (error, attempt) => {
      if (attempt === 1) logger.warn({ err: error, brokers }, 'waiting for Kafka');
    },
  });
  return {
    topic,
    clusterId: cluster.brokerPool.metadata?.clusterId ?? null,
    cluster,
    waitMaxMs,
    topicNames: async () => new Set((await cluster.metadata()).topicMetadata.map(({ topic: name }) => name)),
    partitionOffsets: async () => partitionOffsets(cluster, topic),
    highWatermarks: async () => highWatermarks(cluster, topic),
    topicSettings: async () => topicSettings(cluster, topic),
    mirrorPositions: async (positions) => {
      const partitions = positions.map(({ partition, nextOffset }) => ({ partition, offset: String(nextOffset) }));
      // A broker that has just begun to coordinate says so at first.
      await retrying(async () => commitOffsets(cluster, consumerGroup, [{ topic, partitions }]), {
        isTemporary: isTemporaryOfKafka,
        what: `committing offsets of group ${consumerGroup}`,
        waitMaxMs: mirrorWaitMaxMs,
      });
    },
    [Symbol.asyncDispose]: async () => cluster.disconnect(),
  };
}

async function connectedCluster(
  { brokers, topic, waitMaxMs }: KafkaSourceOptions,
  logger: Logger,
  signal: AbortSignal | undefined,
): Promise<Cluster> {
  const cluster = createCluster(brokers, waitMaxMs, logger);
  try {
    await cluster.connect();
    await cluster.addTargetTopic(topic);
    signal?.throwIfAborted();
    return cluster;
  } catch (error) {
    await cluster.disconnect();
    throw error;
  }
}

const mirrorWaitMaxMs = 3000;

/** Generation -1 and no member: a commit from outside the group, which the broker takes while the group is empty. */
async function commitOffsets(
  cluster: Cluster,
  groupId: string,
  topics: { topic: string; partitions: { partition: number; offset: string }[] }[],
): Promise<void> {
  const coordinator = await cluster.findGroupCoordinator({ groupId });
  await coordinator.offsetCommit({ groupId, groupGenerationId: -1, memberId: '', topics });
}

async function partitionOffsets(cluster: Cluster, topic: string): Promise<PartitionOffsets[]> {
  const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ partition: partitionId }));
  // One after the other: both travel to the same leaders, and each list must be whole.
  const [ends] = await cluster.fetchTopicsOffset([{ topic, fromBeginning: false, partitions }]);
  const [lows] = await cluster.fetchTopicsOffset([{ topic, fromBeginning: true, partitions }]);
  if (ends === undefined || lows === undefined) throw new TemporaryError(`Kafka names no partition of ${topic}`);
  const low = new Map(lows.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
  return ends.partitions.map(({ partition, offset }) => {
    const lowOffset = low.get(partition);
    if (lowOffset === undefined) throw new TemporaryError(`Kafka gives no start of ${topic} partition ${partition}`);
    return { partition, lowOffset, endOffset: BigInt(offset) };
  });
}

/** kafkajs's own call gives the last stable offset under this name, too: the leaders are asked without it. */
async function highWatermarks(cluster: Cluster, topic: string): Promise<ReadonlyMap<number, bigint>> {
  const all = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
  const leaders = Object.entries(cluster.findLeaderForPartitions(topic, all));
  const answers = await Promise.all(
    leaders.map(async ([nodeId, led]) => {
      const broker = await cluster.findBroker({ nodeId });
      const partitions = led.map((partition) => ({ partition }));
      return broker.listOffsets({ replicaId: -1, isolationLevel: readUncommitted, topics: [{ topic, partitions }] });
    }),
  );
  const ends = answers.flatMap(({ responses }) => responses.flatMap(({ partitions }) => partitions));
  return new Map(ends.map(({ partition, offset }) => [partition, BigInt(offset)]));
}

const topicResource = 2;

async function topicSettings(cluster: Cluster, topic: string): Promise<TopicSettings> {
  const [partition] = cluster.findTopicPartitionMetadata(topic);
  if (partition === undefined) throw new TemporaryError(`Kafka names no partition of ${topic}`);
  const broker = await cluster.findBroker({ nodeId: String(partition.leader) });
  const { resources } = await broker.describeConfigs({
    resources: [{ type: topicResource, name: topic, configNames: watchedSettings }],
  });
  const entries = resources.flatMap(({ configEntries }) => configEntries);
  return topicSettingsOf(new Map(entries.map(({ configName, configValue }) => [configName, configValue])));
}

/** Where one partition's log begins and ends. */
export interface PartitionOffsets {
  readonly partition: number;
  /** First offset that can still be read. */
  readonly lowOffset: bigint;
  /** The last stable offset: one after the last record that a committed reader may see. */
  readonly endOffset: bigint;
}
