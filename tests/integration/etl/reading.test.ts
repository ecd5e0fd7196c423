import { randomUUID } from 'node:crypto';

import { ConfigResourceTypes, type Kafka } from 'kafkajs';
import { expect, test, vi } from 'vitest';

import { logEnds, publishInTransaction, recordOf, withAdmin, type TestRecord } from '../../support/kafka.ts';
import { aTransaction, someTransactions } from '../../support/messages.ts';
import { publishOneRecordBatch } from '../../support/one-record-batch.ts';
import { openPipeline } from '../../support/pipeline.ts';

test.each(['gzip', 'zstd'] as const)('messages compressed with %s are read', async (compression) => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const sales = someTransactions(500);
  await pipeline.publish(sales, compression);
  expect(await pipeline.batch(['run'])).toMatchObject({ read: 500, loaded: 500 });
  const rows = await pipeline.query<{ order_id: string }>('select order_id from transactions order by kafka_offset');
  expect(rows.map(({ order_id: orderId }) => orderId)).toEqual(sales.map(({ order_id: orderId }) => orderId));
});

test('committed transactions are read, aborted ones are not, and what holds no record is counted as holes', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const { kafka, topic } = pipeline;
  await pipeline.publish(records('plain', 2));
  await publishInTransaction(kafka, topic, records('committed', 3), 'commit');
  await publishInTransaction(kafka, topic, records('aborted', 4), 'abort');
  await pipeline.publish(records('last', 1));
  await publishInTransaction(kafka, topic, records('aborted-too', 2), 'abort');
  // 2 + 3 and a marker + 4 and a marker + 1 + 2 and a marker.
  expect(await logEnds(kafka, topic)).toEqual([15]);
  expect(await pipeline.batch(['run'])).toMatchObject({ planned: 15, read: 6, loaded: 6 });
  const rows = await pipeline.query<{ order_id: string }>('select order_id from transactions order by kafka_offset');
  expect(rows.map(({ order_id: orderId }) => orderId)).toEqual([
    'plain-0',
    'plain-1',
    'committed-0',
    'committed-1',
    'committed-2',
    'last-0',
  ]);
  expect(await pipeline.query('select read_count, hole_count from etl_batch_ranges')).toEqual([
    { read_count: '6', hole_count: '9' },
  ]);
  // The last offsets hold no record, so the anchor lies before them; the next batch goes on behind them.
  await pipeline.publish(records('next', 1));
  expect(await pipeline.batch(['run'])).toMatchObject({ planned: 1, loaded: 1 });
});

test('a batch of nothing but aborted messages moves the position', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await publishInTransaction(pipeline.kafka, pipeline.topic, [recordOf(aTransaction())], 'abort');
  expect(await pipeline.batch(['run'])).toMatchObject({ planned: 2, read: 0, loaded: 0 });
  expect(await pipeline.query('select next_offset, anchor_offset from source_positions')).toEqual([
    { next_offset: '2', anchor_offset: null },
  ]);
});

test('a record larger than a fetch is read whole', async () => {
  await using pipeline = await openPipeline({ partitions: 1, env: { ETL_MESSAGE_MAX_BYTES: '1000000' } });
  const large = { ...aTransaction({ order_id: 'large' }), note: 'x'.repeat(700_000) };
  await pipeline.publish([{ key: 'k', value: JSON.stringify(large) }, aTransaction({ order_id: 'small' })]);
  expect(await pipeline.batch(['run'])).toMatchObject({ read: 2, loaded: 2 });
});

test('a record batch of 160,000 records is read', { timeout: 120_000 }, async () => {
  await using pipeline = await openPipeline({ partitions: 1, env: { ETL_BATCH_MAX_MESSAGES: '200000' } });
  await alterTopic(pipeline.kafka, pipeline.topic, { 'max.message.bytes': '50000000' });
  const count = 160_000;
  const messages = Array.from({ length: count }, (_, index) => ({ key: `${index % 7}`, value: '7' }));
  await publishOneRecordBatch(pipeline.env['KAFKA_BOOTSTRAP_SERVERS'] ?? '', pipeline.topic, messages);
  expect(await pipeline.batch(['run'])).toMatchObject({ read: count, rejected: count });
});

test('a topic whose record batches compaction has emptied is read to its end', { timeout: 120_000 }, async () => {
  await using pipeline = await openPipeline({ partitions: 1, env: { KAFKA_ALLOW_COMPACTION: 'true' } });
  const { kafka, topic } = pipeline;
  // What is compacted is all but the newest of each key, in segments that are closed.
  const settings = { 'cleanup.policy': 'compact', 'segment.ms': '100', 'min.cleanable.dirty.ratio': '0.001' };
  await alterTopic(kafka, topic, { ...settings, 'max.compaction.lag.ms': '100' });
  const again = async (index: number): Promise<void> =>
    pipeline.publish([{ ...recordOf(aTransaction({ order_id: `sale-${index}` })), key: 'same' }]);
  let sent = 0;
  await vi.waitFor(
    async () => {
      await again((sent += 1));
      expect(await readableOffsets(kafka, topic)).toBeLessThan(sent - 1);
    },
    { timeout: 90_000, interval: 500 },
  );
  const refused = await pipeline.etl(['run', '--batch', 'refused'], { KAFKA_ALLOW_COMPACTION: 'false' });
  expect(refused.exitCode).toBe(64);
  expect(refused.logs.at(-1)?.msg).toContain(`topic ${topic} has cleanup.policy=compact`);
  expect(
    (await pipeline.etl(['topics'], { KAFKA_TOPIC_PARTITIONS: '1', KAFKA_ALLOW_COMPACTION: 'false' })).exitCode,
  ).toBe(64);
  const { read } = await pipeline.batch(['run']);
  expect(read).toBeLessThan(sent);
  const [range] = await pipeline.query('select read_count + hole_count as covered, next_offset from etl_batch_ranges');
  expect(range).toEqual({ covered: String(sent), next_offset: String(sent) });
  expect(await pipeline.query(`select from transactions where order_id = 'sale-${sent}'`)).toHaveLength(1);
  expect(await pipeline.query('select compacted_count = hole_count as all_compacted from etl_batch_ranges')).toEqual([
    { all_compacted: true },
  ]);

  // The record that was loaded last is compacted, too, and that is no new topic.
  const loaded = sent;
  const [anchor] = await pipeline.query<{ anchor_offset: string }>('select anchor_offset from source_positions');
  await vi.waitFor(
    async () => {
      await again((sent += 1));
      expect(await readableAt(kafka, topic, Number(anchor?.anchor_offset))).toBe(false);
    },
    { timeout: 90_000, interval: 500 },
  );
  const next = await pipeline.batch(['run']);
  expect(next.planned).toBe(sent - loaded);
  const status = JSON.parse((await pipeline.etl(['status'])).stdout);
  expect(status.compactedCount).toBe(sent - (read ?? 0) - (next.read ?? 0));
});

/** Changes settings of a topic. */
async function alterTopic(kafka: Kafka, name: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const configEntries = Object.entries(settings).map(([entry, value]) => ({ name: entry, value }));
  await withAdmin(kafka, (admin) =>
    admin.alterConfigs({ validateOnly: false, resources: [{ type: ConfigResourceTypes.TOPIC, name, configEntries }] }),
  );
}

/** How many records an ordinary consumer finds in a topic of one partition. */
async function readableOffsets(kafka: Kafka, topic: string): Promise<number> {
  return (await consumedOffsets(kafka, topic)).length;
}

async function readableAt(kafka: Kafka, topic: string, offset: number): Promise<boolean> {
  return (await consumedOffsets(kafka, topic)).includes(offset);
}

async function consumedOffsets(kafka: Kafka, topic: string): Promise<readonly number[]> {
  const [end = 0] = await logEnds(kafka, topic);
  const groupId = `readable-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const offsets: number[] = [];
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: async ({ message }) => {
          offsets.push(Number(message.offset));
          if (Number(message.offset) === end - 1) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  await withAdmin(kafka, (admin) => admin.deleteGroups([groupId]));
  return offsets;
}

function records(name: string, count: number): TestRecord[] {
  return Array.from({ length: count }, (_, index) => recordOf(aTransaction({ order_id: `${name}-${index}` })));
}
