import type { Logger } from '@pulse/runtime';
import type Cluster from 'kafkajs/src/cluster/index.js';
import errors from 'kafkajs/src/errors.js';
import createProducer from 'kafkajs/src/producer/index.js';

import { TemporaryError } from '../../failures/errors.ts';
import type { KafkaClient, PartitionOffsets, Publisher } from '../kafka-client.ts';
import { topicSettingsOf, watchedSettings, type TopicSettings } from '../topic-settings.ts';
import { createCluster, readUncommitted } from './cluster.ts';
import { fetchFrom } from './fetch-partition.ts';

/** Connects once, for one topic. A request is waited for no longer than `waitMaxMs`. */
export async function connectClient(
  { brokers, topic, waitMaxMs }: { brokers: readonly string[]; topic: string; waitMaxMs: number },
  logger: Logger,
): Promise<KafkaClient> {
  const cluster = createCluster(brokers, waitMaxMs, logger);
  const client: KafkaClient = {
    get clusterId() {
      return cluster.brokerPool.metadata?.clusterId ?? null;
    },
    topicNames: async () => new Set((await cluster.metadata()).topicMetadata.map(({ topic: name }) => name)),
    partitionOffsets: async () => partitionOffsets(cluster, topic),
    highWatermarks: async () => highWatermarks(cluster, topic),
    topicSettings: async () => topicSettings(cluster, topic),
    fetch: async (partition, offset) => fetchFrom(cluster, topic, partition, offset),
    commitOffsets: async (groupId, offsets) => {
      const coordinator = await cluster.findGroupCoordinator({ groupId });
      const partitions = offsets.map(({ partition, nextOffset }) => ({ partition, offset: String(nextOffset) }));
      // Generation -1 and no member: a commit from outside the group.
      const topics = [{ topic, partitions }];
      await coordinator.offsetCommit({ groupId, groupGenerationId: -1, memberId: '', topics });
    },
    createPublisher: async (otherTopic) => createPublisher(cluster, otherTopic),
    [Symbol.asyncDispose]: async () => cluster.disconnect(),
  };
  try {
    await cluster.connect();
    await cluster.addTargetTopic(topic);
    return client;
  } catch (error) {
    await cluster.disconnect();
    throw error;
  }
}

const ackTimeoutMs = 5000;

async function createPublisher(cluster: Cluster, topic: string): Promise<Publisher> {
  const retry = { retries: 2, initialRetryTime: 100, maxRetryTime: 500 };
  const producer = createProducer({ cluster, logger: cluster.rootLogger, retry });
  await producer.connect();
  return {
    publish: async (messages) => {
      const copies = messages.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } }));
      try {
        await producer.send({ topic, messages: copies, acks: -1, timeout: ackTimeoutMs });
        return undefined;
      } catch (error) {
        if (error instanceof errors.KafkaJSProtocolError && error.type === 'MESSAGE_TOO_LARGE') return error;
        throw error;
      }
    },
    // Else an error of this topic would hide the metadata of the client's own.
    [Symbol.dispose]: () => void cluster.targetTopics.delete(topic),
  };
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
