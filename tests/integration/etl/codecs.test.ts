import { ConfigResourceTypes } from 'kafkajs';
import { expect, inject, test } from 'vitest';

import { withAdmin } from '../../support/kafka.ts';
import { someTransactions } from '../../support/messages.ts';
import { openNetworkProxy, type NetworkProxy } from '../../support/network-proxy.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { recordedBatches, recordsOfRecordedBatch } from '../../../etl/src/kafka/recorded-batches.ts';
import { publishRecordedBatches } from '../../support/recorded-batches.ts';

const integrity = 65;

test('batches of every codec and client, mixed in one topic, are read in order', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish(someTransactions(3, (index) => ({ order_id: `plain-${index}` })));
  const { kafkaBootstrapServers } = inject('services');
  const batches = recordedBatches.map(({ bytes }) => bytes);
  await publishRecordedBatches(kafkaBootstrapServers, pipeline.topic, batches);
  await pipeline.publish(someTransactions(2, (index) => ({ order_id: `last-${index}` })));
  const all = batches.length * recordsOfRecordedBatch + 5;
  expect(await pipeline.batch(['run'])).toMatchObject({ read: all, loaded: all });
  expect(await orderIds(pipeline)).toEqual([
    'plain-0',
    'plain-1',
    'plain-2',
    ...recordedBatches.flatMap(({ name }) => Array.from({ length: recordsOfRecordedBatch }, (_, i) => `${name}-${i}`)),
    'last-0',
    'last-1',
  ]);
});

test('what the broker compresses, by each codec of the topic in turn, is read', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const expected: string[] = [];
  for (const codec of ['lz4', 'snappy', 'zstd', 'gzip', 'uncompressed', 'lz4']) {
    await setCompression(pipeline, codec);
    // More than one block of 64 KB once it is uncompressed again.
    const sales = someTransactions(600, (index) => ({ order_id: `${expected.length}-${codec}-${index}` }));
    await pipeline.publish(sales);
    expected.push(...sales.map(({ order_id: orderId }) => orderId));
  }
  expect(await pipeline.batch(['run'])).toMatchObject({ read: 3600, loaded: 3600 });
  expect(await orderIds(pipeline)).toEqual(expected);
});

test('resume --accept-loss goes on over compressed batches', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await setCompression(pipeline, 'lz4');
  await pipeline.publish(someTransactions(20));
  await pipeline.batch(['run']);
  await pipeline.query(`update source_positions set anchor_timestamp = anchor_timestamp - interval '1 s'`);
  await pipeline.publish(someTransactions(5));
  expect((await pipeline.etl(['run', '--batch', 'b'])).exitCode).toBe(integrity);
  const resumed = await pipeline.etl(['resume', '--accept-loss', '--partition', '0', '--reason', 'made again']);
  expect(resumed.exitCode).toBe(0);
  expect(await pipeline.batch(['run'])).toMatchObject({ read: 25, loaded: 5, duplicates: 20 });
});

test.each([
  ['unknown_codec', 'compression codec 5', (bytes: Buffer, at: number): void => void bytes.writeInt8(5, at - 39)],
  ['unreadable_batch', 'damaged bytes (gzip', (bytes: Buffer, at: number): void => void bytes.fill(0x7e, at, at + 20)],
] as const)(
  '%s stops with its coordinates, and is passed over once its loss is accepted',
  async (kind, words, spoil) => {
    await using pipeline = await openPipeline({ partitions: 1 });
    await pipeline.publish(someTransactions(4));
    await pipeline.publish(someTransactions(3), 'gzip');
    await pipeline.publish(someTransactions(2));
    await using proxy = await proxyThatChangesGzip(spoil);
    const env = { KAFKA_BOOTSTRAP_SERVERS: `127.0.0.1:${proxy.port}` };
    const stopped = await pipeline.etl(['run', '--batch', 'b'], env);
    expect(stopped.exitCode).toBe(integrity);
    const message = `partition 0: the record batch at offsets 4 to 6 (3 records) can not be read: ${words}`;
    expect(stopped.logs.at(-1)?.msg).toContain(message);
    expect(await pipeline.query('select kind, from_offset, next_offset, lost_count from etl_incidents')).toEqual([
      { kind, from_offset: '4', next_offset: '7', lost_count: '3' },
    ]);
    const reason = ['--reason', 'sent again'];
    const resumed = await pipeline.etl(['resume', '--accept-loss', '--partition', '0', ...reason], env);
    expect(resumed.exitCode).toBe(0);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ lost_count: 3, accepted: null });
    expect(await pipeline.batch(['run', '--batch', 'b'], env)).toMatchObject({ read: 6, loaded: 6 });
    expect(await pipeline.query('select read_count, hole_count from etl_batch_ranges')).toEqual([
      { read_count: '6', hole_count: '3' },
    ]);
    expect((await pipeline.etl(['reconcile', '--deep'], env)).exitCode).toBe(0);
  },
);

async function orderIds(pipeline: Pipeline): Promise<readonly string[]> {
  const rows = await pipeline.query<{ order_id: string }>('select order_id from transactions order by kafka_offset');
  return rows.map(({ order_id: orderId }) => orderId);
}

async function setCompression({ kafka, topic }: Pipeline, codec: string): Promise<void> {
  const configEntries = [{ name: 'compression.type', value: codec }];
  const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }];
  await withAdmin(kafka, (admin) => admin.alterConfigs({ validateOnly: false, resources }));
}

const gzipMagic = Buffer.from([0x1f, 0x8b, 0x08]);

/** Stands before the broker, names itself as the broker, and changes record batches of gzip on their way; given where their records begin. */
async function proxyThatChangesGzip(change: (bytes: Buffer, at: number) => void): Promise<NetworkProxy> {
  const { kafkaBootstrapServers } = inject('services');
  const { hostname: host, port } = new URL(`kafka://${kafkaBootstrapServers}`);
  const address = Buffer.alloc(host.length + 4);
  address.write(host);
  address.writeInt32BE(Number(port), host.length);
  // 127.1 and 127.00001 are 127.0.0.1, as long as the broker's own name.
  const loopback = `127.${'1'.padStart(host.length - 4, '0')}`;
  const proxy = await openNetworkProxy({ host, port: Number(port) }, () => ({
    fromServer: (bytes) => {
      const named = bytes.indexOf(address);
      if (named >= 0) {
        bytes.write(loopback, named);
        bytes.writeInt32BE(proxy.port, named + host.length);
      }
      const at = bytes.indexOf(gzipMagic);
      if (at >= 0) change(bytes, at);
      return 'pass';
    },
  }));
  return proxy;
}
