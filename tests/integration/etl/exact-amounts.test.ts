import { encodeTransaction, productCategories, type TransactionMessage } from '@pulse/contract';
import { expect, test } from 'vitest';

import { aTransaction } from '../../support/messages.ts';
import { openPipeline } from '../../support/pipeline.ts';

test('tax and total are exact to the cent, and half a cent goes up', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const amounts = ['250.00', '150.00', '0.10', '7.00', '0.01'];
  await pipeline.publish(amounts.map((amount) => aTransaction({ amount })));
  await pipeline.batch(['run']);
  const rows = await pipeline.query('select amount, tax_amount, total_amount from transactions order by kafka_offset');
  expect(rows).toEqual([
    { amount: '250.0000', tax_amount: '21.2500', total_amount: '271.2500' },
    { amount: '150.0000', tax_amount: '12.7500', total_amount: '162.7500' },
    { amount: '0.1000', tax_amount: '0.0100', total_amount: '0.1100' },
    { amount: '7.0000', tax_amount: '0.6000', total_amount: '7.6000' },
    { amount: '0.0100', tax_amount: '0.0000', total_amount: '0.0100' },
  ]);
});

test('tax has the decimals of the currency', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([
    aTransaction({ currency: 'JPY', amount: '15001', country: 'JP' }),
    aTransaction({ currency: 'BHD', amount: '15.001', country: 'BH' }),
  ]);
  await pipeline.batch(['run']);
  const rows = await pipeline.query(
    'select currency, tax_amount, total_amount from transactions order by kafka_offset',
  );
  expect(rows).toEqual([
    { currency: 'JPY', tax_amount: '1500.0000', total_amount: '16501.0000' },
    { currency: 'BHD', tax_amount: '1.5000', total_amount: '16.5010' },
  ]);
});

/** The message with its amount as a JSON number of this spelling. */
function withNumber(message: TransactionMessage, number: string) {
  const value = encodeTransaction(message).replace(/"amount":"[^"]*"/, `"amount":${number}`);
  return { key: message.customer_id, value };
}

test('a JSON number is loaded exactly as its text spells it, with an exponent too', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([
    withNumber(aTransaction(), '1.5E7'),
    withNumber(aTransaction({ currency: 'JPY', country: 'JP' }), '1.5E7'),
    withNumber(aTransaction(), '1e2'),
    withNumber(aTransaction(), '149.9900'),
    withNumber(aTransaction({ currency: 'JPY', country: 'JP' }), '150.00'),
  ]);
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 5, rejected: 0 });
  expect(await pipeline.query('select amount from transactions order by kafka_offset')).toEqual([
    { amount: '15000000.0000' },
    { amount: '15000000.0000' },
    { amount: '100.0000' },
    { amount: '149.9900' },
    { amount: '150.0000' },
  ]);
});

test('a JSON number of more digits than a double has is quarantined, never cut', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([withNumber(aTransaction(), '149.9900000000000001')]);
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 0, rejected: 1 });
  expect(await pipeline.query('select reason_code from rejected_transactions')).toEqual([
    { reason_code: 'amount_imprecise' },
  ]);
});

test('1,500.00 is flagged as fraud with an alert, 150.00 and the limit itself are not', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const amounts = ['1500.00', '150.00', '1000.00', '1000.01'];
  await pipeline.publish(
    amounts.map((amount) => aTransaction({ order_id: `e2e-${amount}`, customer_id: `customer-${amount}`, amount })),
  );
  const summary = await pipeline.batch(['run']);
  expect(summary).toMatchObject({ loaded: 4, flagged: 2 });
  const rows = await pipeline.query(`
    select order_id, is_fraud_flagged, fraud_reasons, decision
    from transactions left join fraud_alerts using (order_id)
    order by kafka_offset`);
  const clear = { is_fraud_flagged: false, decision: null };
  const isNew = ['new_customer_high_amount'];
  const flagged = { is_fraud_flagged: true, fraud_reasons: ['amount_limit', ...isNew], decision: 'review' };
  expect(rows).toEqual([
    { order_id: 'e2e-1500.00', ...flagged },
    { order_id: 'e2e-150.00', fraud_reasons: [], ...clear },
    { order_id: 'e2e-1000.00', fraud_reasons: isNew, ...clear },
    { order_id: 'e2e-1000.01', ...flagged },
  ]);
});

test.each(['e2e-full-1a2b3c4d', '42', 'ordre № 7 – ü𝒳', "'; drop table transactions; --", '\\N', 'a\\tb'])(
  'an order id that is no UUID arrives as sent: %s',
  async (orderId) => {
    await using pipeline = await openPipeline({ partitions: 1 });
    await pipeline.publish([aTransaction({ order_id: orderId, customer_id: orderId, product_category: orderId })]);
    await pipeline.batch(['run']);
    const rows = await pipeline.query('select order_id, customer_id, product_category from transactions');
    expect(rows).toEqual([{ order_id: orderId, customer_id: orderId, product_category: orderId }]);
  },
);

test('five currencies and eight categories arrive as sent', async () => {
  await using pipeline = await openPipeline();
  expect(productCategories).toHaveLength(8);
  const sent = ['USD', 'EUR', 'GBP', 'JPY', 'CAD'].flatMap((currency) =>
    productCategories.map((category) => ({
      order_id: `${currency}-${category}`,
      currency,
      product_category: category,
    })),
  );
  await pipeline.publish(sent.map((fields) => aTransaction({ ...fields, amount: '20' })));
  await pipeline.batch(['run']);
  const rows = await pipeline.query('select order_id, currency, product_category from transactions');
  expect(new Set(rows.map((row) => JSON.stringify(row)))).toEqual(new Set(sent.map((row) => JSON.stringify(row))));
  expect(rows).toHaveLength(40);
});

test.each([
  ['2026-11-20T10:15:30.123456789Z', '2026-11-20T10:15:30.123456'],
  ['2026-11-20t10:15:30.1z', '2026-11-20T10:15:30.1'],
  ['2026-11-20T10:15:30.123456999999999999Z', '2026-11-20T10:15:30.123456'],
  ['2026-11-20T23:30:00-05:00', '2026-11-21T04:30:00'],
  // Offsets that PostgreSQL itself does not read.
  ['2026-11-20T10:15:30+23:59', '2026-11-19T10:16:30'],
  ['2026-11-20T10:15:30.123456-16:00', '2026-11-21T02:15:30.123456'],
])('the timestamp %s is the instant %s in UTC', async (timestamp, instant) => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([aTransaction({ timestamp })]);
  await pipeline.batch(['run']);
  const rows = await pipeline.query(
    "select transaction_timestamp = ($1::timestamp at time zone 'UTC') as is_same from transactions",
    [instant],
  );
  expect(rows).toEqual([{ is_same: true }]);
});
