import { topics as contractTopics } from '@pulse/contract';
import type { Logger } from '@pulse/runtime';
import { UsageError } from '../failures/errors.ts';
import type { TopicAdmin } from '../kafka/kafka-client.ts';
import { connectTopicAdmin } from '../kafka/topic-admin.ts';
import { requireTopicNames } from './topic-names.ts';
import { refuseCompaction, topicSettingsOf } from '../kafka/topic-settings.ts';

export interface TopicOptions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly deadLetterTopic: string;
  readonly topicPartitions: number;
  readonly topicRetentionDays: number;
  readonly scheduleSeconds: number;
  readonly allowCompaction: boolean;
  readonly waitMaxMs: number;
}

/** A setting of a topic that is there and differs from what is wanted. */
interface SettingDifference {
  readonly topic: string;
  readonly setting: string;
  readonly wanted: string;
  readonly found: string;
}

/** Topics created and present, and settings that differ; `applied`: they have been changed. */
export interface TopicsReport {
  readonly created: readonly string[];
  readonly present: readonly string[];
  readonly differences: readonly SettingDifference[];
  readonly applied: boolean;
}

const dayMs = 86_400_000;
/** The least that messages are kept: three batches may fail, and people need an hour to react, however often one is due. */
function retentionMinMs(scheduleSeconds: number): number {
  return Math.max(3_600_000, 3 * scheduleSeconds * 1000);
}

/**
 * Makes the topics that the pipeline needs where they are missing; waits for the broker. Those that are there are compared with
 * the settings, and changed only where `apply` is asked for: more partitions than asked for are welcome, fewer are an error,
 * for keys would change their partition.
 * @throws UsageError for a name, a retention or a policy with which records would be lost.
 */
export async function ensureTopics(options: TopicOptions, apply: boolean, logger: Logger): Promise<TopicsReport> {
  const { brokers, topic, topicPartitions, waitMaxMs } = options;
  const wantedSettings = settingsFor(options);
  await using admin = await connectTopicAdmin(brokers, waitMaxMs, logger);
  const wanted = [topic, options.deadLetterTopic, contractTopics.fraudLabels];
  const existing = await admin.topicNames();
  requireTopicNames(wanted, existing);
  const created = wanted.filter((name) => !existing.has(name));
  const present = wanted.filter((name) => existing.has(name));
  if (created.length > 0) {
    await admin.createTopics(created, topicPartitions, wantedSettings);
    logger.info({ topics: created, partitions: topicPartitions }, 'topics created');
  }
  const differences: SettingDifference[] = [];
  for (const name of present) {
    const { inForce } = await admin.readSettings(name);
    if (!apply && name !== contractTopics.fraudLabels) {
      refuseCompaction(name, topicSettingsOf(inForce), options.allowCompaction);
    }
    const others = differencesOf(name, wantedSettings, inForce);
    if (apply && others.length > 0) {
      await admin.changeSettings(name, new Map(others.map(({ setting, wanted: value }) => [setting, value])));
    }
    differences.push(...others);
  }
  await requirePartitions(admin, topic, topicPartitions);
  return { created, present, differences, applied: apply };
}

/** @throws UsageError for a retention that may end before a batch reads what it keeps. */
function settingsFor({
  topicRetentionDays,
  scheduleSeconds,
  allowCompaction,
}: TopicOptions): ReadonlyMap<string, string> {
  const retentionMs = Math.round(topicRetentionDays * dayMs);
  const leastMs = retentionMinMs(scheduleSeconds);
  if (retentionMs < leastMs) {
    throw new UsageError(
      `KAFKA_TOPIC_RETENTION_DAYS=${topicRetentionDays} keeps messages for ${retentionMs / 1000} s: Kafka would delete records ` +
        `before a batch has read them; with a batch every ${scheduleSeconds} s (ETL_SCHEDULE_SECONDS) the least is ` +
        `${leastMs / 1000} s (${Math.ceil((leastMs / dayMs) * 1e4) / 1e4}), and 7 days are usual`,
    );
  }
  const settings = new Map([
    ['retention.ms', String(retentionMs)],
    // A limit of size deletes records whatever their age.
    ['retention.bytes', '-1'],
  ]);
  return allowCompaction ? settings : settings.set('cleanup.policy', 'delete');
}

async function requirePartitions(admin: TopicAdmin, topic: string, topicPartitions: number): Promise<void> {
  const partitions = await admin.partitionCount(topic);
  if (partitions >= topicPartitions) return;
  throw new UsageError(
    `topic ${topic} has ${partitions} partitions, KAFKA_TOPIC_PARTITIONS asks for ${topicPartitions}: ` +
      'set it to what the topic has, or add partitions with kafka-topics.sh --alter',
  );
}

function differencesOf(
  topic: string,
  wanted: ReadonlyMap<string, string>,
  inForce: ReadonlyMap<string, string>,
): readonly SettingDifference[] {
  return [...wanted].flatMap(([setting, value]) => {
    const found = inForce.get(setting) ?? '';
    return found === value ? [] : [{ topic, setting, wanted: value, found }];
  });
}
