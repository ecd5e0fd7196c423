import { topics as contractTopics } from '@pulse/contract';
import type { Logger } from '@pulse/runtime';
import kafkajs, { type Admin } from 'kafkajs';

import { UsageError } from '../failures/errors.ts';
import { retrying } from '../failures/retrying.ts';
import { createKafkaClient } from './client.ts';
import { requireTopicNames } from './topic-names.ts';
import { refuseCompaction, topicSettingsOf } from './topic-settings.ts';
import { isTemporaryOfKafka } from './kafka-errors.ts';

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

/** What was made, what was there, and what of that is set otherwise; `applied` says whether it has been changed. */
export interface TopicsReport {
  readonly created: readonly string[];
  readonly present: readonly string[];
  readonly differences: readonly SettingDifference[];
  readonly applied: boolean;
}

const dayMs = 86_400_000;
/** The least that messages are kept: three batches may fail, and however often one is due, somebody needs an hour to look. */
function retentionMinMs(scheduleSeconds: number): number {
  return Math.max(3_600_000, 3 * scheduleSeconds * 1000);
}

/**
 * Makes the topics that the pipeline needs where they are missing; waits for the broker. Those that are there are compared with
 * the settings, and changed only where `apply` is asked for: more partitions than asked for are welcome, fewer are an error,
 * for keys would change their partition.
 * @throws UsageError for a name, a retention or a policy with which sales would be lost.
 */
export async function ensureTopics(options: TopicOptions, apply: boolean, logger: Logger): Promise<TopicsReport> {
  const { brokers, topic, topicPartitions, waitMaxMs } = options;
  const wantedSettings = settingsFor(options);
  const admin = createKafkaClient(brokers, logger).admin();
  await retrying(async () => admin.connect(), {
    what: `reaching Kafka at ${brokers.join(', ')}`,
    isTemporary: isTemporaryOfKafka,
    waitMaxMs,
  });
  try {
    const wanted = [topic, options.deadLetterTopic, contractTopics.fraudLabels];
    const existing = new Set(await admin.listTopics());
    requireTopicNames(wanted, existing);
    const created = wanted.filter((name) => !existing.has(name));
    const present = wanted.filter((name) => existing.has(name));
    if (created.length > 0) {
      const configEntries = [...wantedSettings].map(([name, value]) => ({ name, value }));
      const topics = created.map((name) => ({ topic: name, numPartitions: topicPartitions, configEntries }));
      await admin.createTopics({ topics, waitForLeaders: true });
      logger.info({ topics: created, partitions: topicPartitions }, 'topics created');
    }
    const differences: SettingDifference[] = [];
    for (const name of present) {
      const found = await readSettings(admin, name);
      if (!apply && name !== contractTopics.fraudLabels) {
        refuseCompaction(name, topicSettingsOf(found.inForce), options.allowCompaction);
      }
      const others = differencesOf(name, wantedSettings, found.inForce);
      if (apply && others.length > 0) await changeSettings(admin, name, found.ofTopic, others);
      differences.push(...others);
    }
    await requirePartitions(admin, topic, topicPartitions);
    return { created, present, differences, applied: apply };
  } finally {
    await admin.disconnect();
  }
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
      `KAFKA_TOPIC_RETENTION_DAYS=${topicRetentionDays} keeps messages for ${retentionMs / 1000} s: Kafka would delete sales ` +
        `before a batch has read them; with a batch every ${scheduleSeconds} s (ETL_SCHEDULE_SECONDS) the least is ` +
        `${leastMs / 1000} s (${Math.ceil((leastMs / dayMs) * 1e4) / 1e4}), and 7 days are usual`,
    );
  }
  const settings = new Map([
    ['retention.ms', String(retentionMs)],
    // A limit of size deletes sales whatever their age.
    ['retention.bytes', '-1'],
  ]);
  return allowCompaction ? settings : settings.set('cleanup.policy', 'delete');
}

async function requirePartitions(admin: Admin, topic: string, topicPartitions: number): Promise<void> {
  const { topics: found } = await admin.fetchTopicMetadata({ topics: [topic] });
  const partitions = found[0]?.partitions.length ?? 0;
  if (partitions >= topicPartitions) return;
  throw new UsageError(
    `topic ${topic} has ${partitions} partitions, KAFKA_TOPIC_PARTITIONS asks for ${topicPartitions}: ` +
      'set it to what the topic has, or add partitions with kafka-topics.sh --alter',
  );
}

interface FoundSettings {
  readonly inForce: ReadonlyMap<string, string>;
  /** Those that are set for this topic, all of them. */
  readonly ofTopic: ReadonlyMap<string, string>;
}

async function readSettings(admin: Admin, topic: string): Promise<FoundSettings> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
  });
  const entries = resources[0]?.configEntries ?? [];
  const pairs = (chosen: typeof entries) =>
    new Map(chosen.map(({ configName, configValue }) => [configName, configValue]));
  return {
    inForce: pairs(entries),
    ofTopic: pairs(entries.filter(({ configSource }) => configSource === kafkajs.ConfigSource.TOPIC_CONFIG)),
  };
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

/** kafkajs knows only the request that sets all settings of a topic and takes the others back: those go with it. */
async function changeSettings(
  admin: Admin,
  topic: string,
  ofTopic: ReadonlyMap<string, string>,
  differences: readonly SettingDifference[],
): Promise<void> {
  const settings = new Map([...ofTopic, ...differences.map(({ setting, wanted }) => [setting, wanted] as const)]);
  const configEntries = [...settings].map(([name, value]) => ({ name, value }));
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries }],
  });
}
