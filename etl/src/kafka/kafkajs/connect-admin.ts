import type { Logger } from '@pulse/runtime';
import kafkajs, { type Admin } from 'kafkajs';

import type { FoundSettings, TopicAdmin } from '../kafka-client.ts';
import { clientId, connectionTimeoutMs, requestTimeoutMs, retry, socketFactory } from './cluster.ts';
import { kafkaLogCreator } from './kafka-logger.ts';

/** Connects once, for topics and their settings. */
export async function connectAdmin(brokers: readonly string[], logger: Logger): Promise<TopicAdmin> {
  const kafka = new kafkajs.Kafka({
    clientId,
    brokers: [...brokers],
    connectionTimeout: connectionTimeoutMs,
    requestTimeout: requestTimeoutMs,
    retry,
    socketFactory,
    logLevel: kafkajs.logLevel.WARN,
    logCreator: kafkaLogCreator(logger),
  });
  const admin = kafka.admin();
  await admin.connect();
  return {
    topicNames: async () => new Set(await admin.listTopics()),
    createTopics: async (names, partitions, settings) => {
      const configEntries = entriesOf(settings);
      const topics = names.map((topic) => ({ topic, numPartitions: partitions, configEntries }));
      await admin.createTopics({ topics, waitForLeaders: true });
    },
    partitionCount: async (topic) => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]?.partitions.length ?? 0;
    },
    readSettings: async (topic) => readSettings(admin, topic),
    changeSettings: async (topic, changes) => {
      // kafkajs knows only the request that sets all settings of a topic and takes the others back: those go with it.
      const { ofTopic } = await readSettings(admin, topic);
      const configEntries = entriesOf(new Map([...ofTopic, ...changes]));
      const resources = [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries }];
      await admin.alterConfigs({ validateOnly: false, resources });
    },
    [Symbol.asyncDispose]: async () => admin.disconnect(),
  };
}

function entriesOf(settings: ReadonlyMap<string, string>): { name: string; value: string }[] {
  return [...settings].map(([name, value]) => ({ name, value }));
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
