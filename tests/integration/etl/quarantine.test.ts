import { expect, test } from 'vitest';

import { corruptions, malformedKinds } from '../../../producer/src/traffic/corruptions.ts';
import type { TestRecord } from '../../support/kafka.ts';
import { aTransaction } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { runProducer } from '../../support/programs.ts';

const corrupted: readonly (readonly [string, Buffer | null, string])[] = [
  ['another object', Buffer.from('{"invalid":"message"}'), 'missing_field'],
  ['a bare 42', Buffer.from('42'), 'not_an_object'],
  ['broken JSON', Buffer.from('{"order_id":"a",'), 'not_json'],
  ['an empty value', Buffer.alloc(0), 'empty_value'],
  ['a tombstone', null, 'null_value'],
  ['invalid UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), 'invalid_utf8'],
];

test('bad records between good ones harm no neighbour and stand in quarantine as they came', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([
    good(0),
    ...corrupted.flatMap(([, value], index) => [{ key: Buffer.from([0, 255, index]), value }, good(index + 1)]),
  ]);
  const summary = await pipeline.batch(['run', '--batch', 'b-1']);
  expect(summary).toMatchObject({ read: 13, loaded: 7, duplicates: 0, rejected: 6 });
  const loaded = await pipeline.query('select order_id, kafka_offset from transactions order by kafka_offset');
  expect(loaded).toEqual(
    Array.from({ length: 7 }, (_, index) => ({ order_id: `good-${index}`, kafka_offset: String(index * 2) })),
  );
  const rejected = await pipeline.query(`
    select batch_id, topic, partition, "offset", raw_key, raw_value, reason_code, stage, status
    from rejected_transactions order by "offset"`);
  expect(rejected).toEqual(
    corrupted.map(([, value, reason], index) => ({
      batch_id: 'b-1',
      topic: pipeline.topic,
      partition: 0,
      offset: String(index * 2 + 1),
      raw_key: Buffer.from([0, 255, index]),
      raw_value: value,
      reason_code: reason,
      stage: 'validate',
      status: 'open',
    })),
  );
});

test.each(malformedKinds.filter((kind) => kind !== 'order_id_conflict'))(
  'what the producer calls %s ends in quarantine with its reason',
  async (kind) => {
    await using pipeline = await openPipeline({ partitions: 1 });
    const flags = ['--count', '4', '--seed', '7', '--malformed-share', '1', '--duplicate-share', '0'];
    const { exitCode } = await runProducer([...flags, '--malformed-kind', kind], { env: pipeline.env });
    expect(exitCode).toBe(0);
    const summary = await pipeline.batch(['run']);
    expect(summary).toMatchObject({ read: 4, loaded: 0, rejected: 4 });
    expect(await reasons(pipeline)).toEqual([{ reason_code: corruptions[kind].reason, count: '4' }]);
  },
);

test("a sale under an order id that is loaded with other content is a conflict: the producer's order_id_conflict", async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const flags = ['--count', '40', '--seed', '7', '--malformed-share', '0.5', '--duplicate-share', '0', '--json'];
  const { stdout } = await runProducer([...flags, '--malformed-kind', 'order_id_conflict'], { env: pipeline.env });
  const { valid, malformed } = JSON.parse(stdout);
  expect(malformed).toBeGreaterThan(5);
  expect(await pipeline.batch(['run'])).toMatchObject({ read: 40, loaded: valid, rejected: malformed });
  expect(await reasons(pipeline)).toEqual([{ reason_code: 'order_id_conflict', count: String(malformed) }]);
});

const hostile: readonly (readonly [string, TestRecord])[] = [
  ['a total that does not fit into its column', { value: sale({ amount: '999999999999999.99' }) }],
  ['a key with a NUL, twice', { value: '{"a\\u0000":1,"a\\u0000":2}' }],
  ['a key with half a surrogate pair, twice', { value: '{"a\\ud800":1,"a\\ud800":2}' }],
  ['an order id of half a surrogate pair', { value: sale({ order_id: '\ud800' }) }],
  ['an order id with a NUL', { value: sale({ order_id: 'a\0b' }) }],
  ['nothing but brackets', { value: '['.repeat(60_000) }],
  ['brackets that close', { value: '['.repeat(30_000) + ']'.repeat(30_000) }],
  ['objects in objects', { value: '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000) }],
  ['ten thousand keys', { value: `{${Array.from({ length: 5000 }, () => '"a":1').join(',')}}` }],
  ['a record from before the calendar', { value: '42', timestampMs: -62_200_000_000_000 }],
  ['a value of 900,000 bytes', { value: 'x'.repeat(900_000) }],
  ['a key of 100,000 bytes', { key: 'k'.repeat(100_000), value: '42' }],
];

test.each(hostile)('%s stops nothing: it goes to quarantine and its neighbour is loaded', async (_, record) => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([{ key: 'k', ...record }, aTransaction({ order_id: 'neighbour' })]);
  expect(await pipeline.batch(['run'])).toMatchObject({ read: 2, loaded: 1, rejected: 1 });
  expect(await pipeline.query('select order_id from transactions')).toEqual([{ order_id: 'neighbour' }]);
});

test('of a message with ten thousand faults few are kept', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const keys = Array.from({ length: 5000 }, (_, index) => `"k${index}":1,"k${index}":1`);
  await pipeline.publish([
    { value: `{${keys.join(',').slice(0, 65_000)}` },
    { value: `{${keys.slice(0, 900).join(',')}}` },
  ]);
  await pipeline.batch(['run']);
  expect(
    await pipeline.query('select jsonb_array_length(errors) as count from rejected_transactions order by "offset"'),
  ).toEqual([{ count: 1 }, { count: 50 }]);
});

function good(index: number): TestRecord {
  return { key: 'good', value: sale({ order_id: `good-${index}` }) };
}

function sale(changes: Parameters<typeof aTransaction>[0]): string {
  return JSON.stringify(aTransaction(changes));
}

async function reasons(pipeline: Pipeline): Promise<unknown[]> {
  return pipeline.query('select reason_code, count(*) from rejected_transactions group by 1');
}
