import { access } from 'node:fs/promises';

import { execa } from 'execa';
import { Kafka, logLevel } from 'kafkajs';
import { describe, expect, test } from 'vitest';

import { kafkaAnswers, startKafka } from './server.ts';

const tools = await Promise.all(
  ['java', 'mvn'].map((tool) => execa(tool, ['-version'], { reject: false }).then((result) => result.exitCode === 0)),
);

// Without Java, as in the test container, Kafka is a container.
describe.runIf(tools.every(Boolean))('a local broker', { timeout: 120_000 }, () => {
  test('keeps acknowledged messages over SIGKILL and a restart', async () => {
    await using kafka = await startKafka({ properties: quickRecovery });
    const topic = 'kept';
    const client = clientOf(kafka.bootstrapServers);
    const admin = client.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 3 }] });
    const producer = client.producer();
    await producer.connect();
    await producer.send({ topic, messages: [{ value: 'one', partition: 0 }] });
    await producer.disconnect();

    await kafka.kill('SIGKILL');
    await kafka.restart();

    const offsets = await admin.fetchTopicOffsets(topic);
    await admin.disconnect();
    expect(offsets.map(({ high }) => Number(high)).reduce((sum, high) => sum + high)).toBe(1);
  });

  test('answers until it is stopped, and leaves no folder', async () => {
    const kafka = await startKafka();

    await expect(kafkaAnswers(kafka.bootstrapServers)).resolves.toBeUndefined();
    await kafka.stop();

    await expect(kafkaAnswers(kafka.bootstrapServers)).rejects.toThrow(/ECONNREFUSED/);
    await expect(access(kafka.folder)).rejects.toThrow('ENOENT');
  });

  test('shows the end of its log when it can not start', async () => {
    const wrong = startKafka({ properties: { 'log.segment.bytes': 'many' } });

    await expect(wrong).rejects.toThrow(/Kafka ended while it started[^]*log\.segment\.bytes/);
  });
});

const quickRecovery = { 'broker.session.timeout.ms': '2000', 'broker.heartbeat.interval.ms': '500' };

function clientOf(bootstrapServers: string): Kafka {
  return new Kafka({ brokers: [bootstrapServers], clientId: 'test', logLevel: logLevel.NOTHING });
}
