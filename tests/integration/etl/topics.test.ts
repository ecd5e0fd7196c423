import { randomBytes } from 'node:crypto';

import { ConfigResourceTypes, type Kafka } from 'kafkajs';
import { expect, test } from 'vitest';

import { recordOf, withAdmin } from '../../support/kafka.ts';
import { aTransaction } from '../../support/messages.ts';
import { createTopic, openPipeline } from '../../support/pipeline.ts';

const usage = 64;

test('a name that Kafka takes for that of another topic is refused with both names, and nothing is made', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const id = randomBytes(4).toString('hex');
  await createTopic(pipeline.kafka, `${id}.sales`, 1);
  const finished = await pipeline.etl(['topics'], { KAFKA_TOPIC_TRANSACTIONS: `${id}_sales` });
  expect(finished.exitCode).toBe(usage);
  expect(finished.stderr).toContain(`topic ${id}_sales can not be made beside topic ${id}.sales`);
  const names = await withAdmin(pipeline.kafka, (admin) => admin.listTopics());
  expect(names.filter((name) => name.includes(id))).toEqual([`${id}.sales`]);
  await withAdmin(pipeline.kafka, (admin) => admin.deleteTopics({ topics: [`${id}.sales`] }));
});

test('topics shows a retention that differs, and --apply sets it and leaves the topic’s other settings', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const { kafka, topic } = pipeline;
  await alter(kafka, topic, { 'retention.ms': '604800000', 'max.message.bytes': '2000000' });
  const env = { KAFKA_TOPIC_PARTITIONS: '1', KAFKA_TOPIC_RETENTION_DAYS: '30' };
  const shown = JSON.parse((await pipeline.etl(['topics'], env)).stdout);
  const difference = { topic, setting: 'retention.ms', wanted: '2592000000', found: '604800000' };
  expect(shown).toMatchObject({ applied: false, differences: expect.arrayContaining([difference]) });
  expect((await settingsOf(kafka, topic)).get('retention.ms')).toBe('604800000');

  expect(JSON.parse((await pipeline.etl(['topics', '--apply'], env)).stdout)).toMatchObject({ applied: true });
  const settings = await settingsOf(kafka, topic);
  expect(settings.get('retention.ms')).toBe('2592000000');
  expect(settings.get('max.message.bytes')).toBe('2000000');
  const again = JSON.parse((await pipeline.etl(['topics'], env)).stdout);
  expect(again.differences).toEqual([]);
});

test('--apply takes compaction from a topic that topics refuses', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const { kafka, topic } = pipeline;
  await alter(kafka, topic, { 'cleanup.policy': 'compact' });
  const env = { KAFKA_TOPIC_PARTITIONS: '1' };
  expect((await pipeline.etl(['topics'], env)).exitCode).toBe(usage);
  expect((await pipeline.etl(['topics', '--apply'], env)).exitCode).toBe(0);
  expect((await settingsOf(kafka, topic)).get('cleanup.policy')).toBe('delete');
  expect((await pipeline.etl(['topics'], env)).exitCode).toBe(0);
});

test('a retention with which sales are lost before they are read is refused, with the value', async () => {
  await using pipeline = await openPipeline();
  const finished = await pipeline.etl(['topics'], { KAFKA_TOPIC_RETENTION_DAYS: '0.0001' });
  expect(finished.exitCode).toBe(usage);
  expect(finished.stderr).toContain('KAFKA_TOPIC_RETENTION_DAYS=0.0001 keeps messages for 8.64 s');
  const daily = { KAFKA_TOPIC_RETENTION_DAYS: '2', ETL_SCHEDULE_SECONDS: '86400' };
  const tooShort = await pipeline.etl(['topics'], daily);
  expect(tooShort.exitCode).toBe(usage);
  expect(tooShort.stderr).toContain('with a batch every 86400 s (ETL_SCHEDULE_SECONDS) the least is 259200 s (3)');
  expect((await pipeline.etl(['topics'], { ...daily, KAFKA_TOPIC_RETENTION_DAYS: '3' })).exitCode).toBe(0);
});

test('a limit of size is a difference, for it deletes sales whatever their age', async () => {
  await using pipeline = await openPipeline();
  const { kafka, topic } = pipeline;
  await alter(kafka, topic, { 'retention.bytes': '1000000' });
  const { stdout } = await pipeline.etl(['topics']);
  expect(JSON.parse(stdout).differences).toContainEqual({
    topic,
    setting: 'retention.bytes',
    wanted: '-1',
    found: '1000000',
  });
  await pipeline.etl(['topics', '--apply']);
  expect((await settingsOf(kafka, topic)).get('retention.bytes')).toBe('-1');
});

test('status warns of a record that Kafka may delete before it is loaded, and only near the end of its time', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const hourMs = 3_600_000;
  await alter(pipeline.kafka, pipeline.topic, { 'retention.ms': String(10 * hourMs) });
  const timestampMs = Date.now() - 8 * hourMs;
  await pipeline.publish([recordOf(aTransaction(), { timestampMs })]);
  const { nearRetention } = JSON.parse((await pipeline.etl(['status'])).stdout);
  const deletedFrom = new Date(timestampMs + 10 * hourMs).toISOString();
  expect(nearRetention).toMatchObject([{ partition: 0, offset: '0', deletedFrom }]);
  await alter(pipeline.kafka, pipeline.topic, { 'retention.ms': String(20 * hourMs) });
  expect(JSON.parse((await pipeline.etl(['status'])).stdout).nearRetention).toEqual([]);
  await alter(pipeline.kafka, pipeline.topic, { 'retention.ms': String(10 * hourMs) });
  await pipeline.batch(['run']);
  expect(JSON.parse((await pipeline.etl(['status'])).stdout).nearRetention).toEqual([]);
});

async function alter(kafka: Kafka, name: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const configEntries = Object.entries(settings).map(([entry, value]) => ({ name: entry, value }));
  const resources = [{ type: ConfigResourceTypes.TOPIC, name, configEntries }];
  await withAdmin(kafka, (admin) => admin.alterConfigs({ validateOnly: false, resources }));
}

async function settingsOf(kafka: Kafka, name: string): Promise<ReadonlyMap<string, string>> {
  const { resources } = await withAdmin(kafka, (admin) =>
    admin.describeConfigs({ includeSynonyms: false, resources: [{ type: ConfigResourceTypes.TOPIC, name }] }),
  );
  return new Map(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]));
}
