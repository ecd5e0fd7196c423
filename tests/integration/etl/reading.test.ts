import { expect, test } from 'vitest';

import { logEnds, publishInTransaction, recordOf, type TestRecord } from '../../support/kafka.ts';
import { aTransaction, someTransactions } from '../../support/messages.ts';
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

function records(name: string, count: number): TestRecord[] {
  return Array.from({ length: count }, (_, index) => recordOf(aTransaction({ order_id: `${name}-${index}` })));
}
