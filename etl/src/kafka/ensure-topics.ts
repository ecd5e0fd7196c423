import { topics as contractTopics } from '@pulse/contract';
import type { Logger } from '@pulse/runtime';

import { UsageError } from '../errors.ts';
import { retrying } from '../retrying.ts';
import { createKafkaClient } from './client.ts';
import { requireTopicNames } from './topic-names.ts';

export interface TopicOptions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly deadLetterTopic: string;
  readonly topicPartitions: number;
  readonly topicRetentionDays: number;
  readonly waitMaxMs: number;
}

/** What was made and what was there. */
export interface TopicsReport {
  readonly created: readonly string[];
  readonly present: readonly string[];
}

const dayMs = 86_400_000;

/**
 * Makes the topics that the pipeline needs where they are missing; waits for the broker. Existing topics stay as they
 * are: more partitions than asked for are welcome, fewer are an error, for keys would change their partition.
 */
export async function ensureTopics(options: TopicOptions, logger: Logger): Promise<TopicsReport> {
  const { brokers, topic, topicPartitions, topicRetentionDays, waitMaxMs } = options;
  const admin = createKafkaClient(brokers, logger).admin();
  await retrying(async () => admin.connect(), { what: `reaching Kafka at ${brokers.join(', ')}`, waitMaxMs });
  try {
    const wanted = [topic, options.deadLetterTopic, contractTopics.fraudLabels];
    const existing = new Set(await admin.listTopics());
    requireTopicNames(wanted, existing);
    const created = wanted.filter((name) => !existing.has(name));
    const configEntries = [{ name: 'retention.ms', value: String(Math.round(topicRetentionDays * dayMs)) }];
    if (created.length > 0) {
      const topics = created.map((name) => ({ topic: name, numPartitions: topicPartitions, configEntries }));
      await admin.createTopics({ topics, waitForLeaders: true });
      logger.info({ topics: created, partitions: topicPartitions }, 'topics created');
    }
    const { topics: found } = await admin.fetchTopicMetadata({ topics: [topic] });
    const partitions = found[0]?.partitions.length ?? 0;
    if (partitions < topicPartitions) {
      throw new UsageError(
        `topic ${topic} has ${partitions} partitions, KAFKA_TOPIC_PARTITIONS asks for ${topicPartitions}: ` +
          'set it to what the topic has, or add partitions with kafka-topics.sh --alter',
      );
    }
    return { created, present: wanted.filter((name) => existing.has(name)) };
  } finally {
    await admin.disconnect();
  }
}
