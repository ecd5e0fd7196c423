import { createHash } from 'node:crypto';

import { encodeTransaction } from '@pulse/contract';
import { expect, test } from 'vitest';

import { aTransaction } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';

test('the same message twice in one batch is one row, and the ledger balances', async () => {
  await using pipeline = await openPipeline();
  const sale = aTransaction();
  await pipeline.publish([sale, sale, aTransaction(), sale]);
  expect(await pipeline.batch(['run'])).toMatchObject({ read: 4, loaded: 2, duplicates: 2, rejected: 0 });
  expect(await ledger(pipeline)).toEqual([{ read: '4', loaded: '2', duplicates: '2', rejected: '0' }]);
  expect(await pipeline.query('select sum(transaction_count)::int as count from sales_per_minute')).toEqual([
    { count: 2 },
  ]);
});

test('the same message again in a later batch is no second row and counts in no roll-up', async () => {
  await using pipeline = await openPipeline();
  const sale = aTransaction();
  await pipeline.publish([sale]);
  await pipeline.batch(['run']);
  await pipeline.publish([sale, aTransaction()]);
  expect(await pipeline.batch(['run'])).toMatchObject({ read: 2, loaded: 1, duplicates: 1, rejected: 0 });
  expect(await ledger(pipeline)).toEqual([
    { read: '1', loaded: '1', duplicates: '0', rejected: '0' },
    { read: '2', loaded: '1', duplicates: '1', rejected: '0' },
  ]);
  const counts = await pipeline.query(`
    select (select count(*) from transactions) as facts,
      (select sum(transaction_count) from customer_profiles) as profiles,
      (select sum(transaction_count) from customer_days) as days`);
  expect(counts).toEqual([{ facts: '2', profiles: '2', days: '2' }]);
});

test('the same sale in another spelling is a duplicate', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const sale = aTransaction({ amount: '150.50', timestamp: new Date().toISOString() });
  const spelling = JSON.stringify({ ...sale, amount: 150.5, note: 'unknown fields do not count' }, null, 2);
  await pipeline.publish([sale, { key: sale.customer_id, value: spelling }]);
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 1, duplicates: 1, rejected: 0 });
});

test('equal amounts are one sale, whether spelled as text, as a number or with an exponent', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const sale = aTransaction({ amount: '100.00' });
  const spelled = ['1e2', '100', '100.00', '1.0E2'].map((number) => ({
    key: sale.customer_id,
    value: encodeTransaction(sale).replace('"100.00"', number),
  }));
  await pipeline.publish([sale]);
  await pipeline.batch(['run']);
  await pipeline.publish(spelled);
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 0, duplicates: 4, rejected: 0 });
});

test.each(['in one batch', 'across batches'] as const)(
  'the same order id with other content is a conflict in quarantine: %s',
  async (when) => {
    await using pipeline = await openPipeline({ partitions: 1 });
    const first = aTransaction({ order_id: 'disputed', amount: '10.00' });
    const second = { ...first, amount: '10.01' };
    await pipeline.publish([first]);
    if (when === 'across batches') await pipeline.batch(['run']);
    await pipeline.publish([second]);
    const summary = await pipeline.batch(['run']);
    expect(summary).toMatchObject({ duplicates: 0, rejected: 1 });
    expect(await pipeline.query('select order_id, amount from transactions')).toEqual([
      { order_id: 'disputed', amount: '10.0000' },
    ]);
    const rejected = await pipeline.query(
      'select order_id, reason_code, stage, "offset", raw_value from rejected_transactions',
    );
    expect(rejected).toEqual([
      {
        order_id: 'disputed',
        reason_code: 'order_id_conflict',
        stage: 'transform',
        offset: '1',
        raw_value: Buffer.from(encodeTransaction(second)),
      },
    ]);
  },
);

async function ledger(pipeline: Pipeline): Promise<unknown[]> {
  return pipeline.query(`
    select read_count as read, loaded_count as loaded, duplicate_count as duplicates, rejected_count as rejected
    from etl_batches order by planned_at`);
}

test('a sale that can not be evaluated makes no later one a duplicate', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.query('delete from exchange_rates');
  const sale = aTransaction({ currency: 'EUR' });
  await pipeline.publish([sale, sale]);
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 0, duplicates: 0, rejected: 2 });
});

test('the hash that tells duplicates is SHA-256 over the fields of the sale', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([
    aTransaction({
      order_id: 'order-1',
      amount: '149.99',
      currency: 'EUR',
      timestamp: '2026-11-22T01:30:00.123456+02:00',
      customer_id: 'customer-1',
      product_category: 'toys',
      country: 'DE',
    }),
  ]);
  await pipeline.batch(['run']);
  const instantMs = Date.parse('2026-11-21T23:30:00.123Z');
  const fields = ['order-1', '14999', 'EUR', instantMs, '456', '2026-11-22', 'customer-1', 'toys', 'DE'];
  const digest = createHash('sha256').update(fields.join('\u001F')).digest('hex').slice(0, 32);
  expect(await pipeline.query(`select encode(content_hash, 'hex') as hash from transactions`)).toEqual([
    { hash: digest },
  ]);
});
