import { productCategories } from '@pulse/contract';
import { expect, test } from 'vitest';

import { aTransaction } from '../support/messages.ts';
import { recordOf, type TestRecord } from '../support/kafka.ts';
import { Stack } from './stack.ts';

test.concurrent('a sale stands in transactions, with tax and total, after the next scheduled run', async () => {
  await using stack = await Stack.open();
  await stack.publish([
    aTransaction({ order_id: 'e2e-tax-250', amount: '250.00' }),
    aTransaction({ order_id: 'e2e-tax-150', amount: '150.00' }),
  ]);
  const [published] = await stack.query('select clock_timestamp() as at');
  await stack.loaded();
  const rows = await stack.query(`
    select order_id, amount, currency, tax_amount, total_amount, kind, state
    from transactions join etl_batches using (batch_id)
    where order_id like 'e2e-tax-%'
    order by amount`);
  const batch = { currency: 'USD', kind: 'scheduled', state: 'loaded' };
  expect(rows).toEqual([
    { order_id: 'e2e-tax-150', amount: '150.0000', tax_amount: '12.7500', total_amount: '162.7500', ...batch },
    { order_id: 'e2e-tax-250', amount: '250.0000', tax_amount: '21.2500', total_amount: '271.2500', ...batch },
  ]);
  const skipped = await stack.query(
    `select other.batch_id
    from transactions join etl_batches as own using (batch_id), etl_batches as other
    where order_id like 'e2e-tax-%' and other.planned_at > $1 and other.planned_at < own.planned_at`,
    [published?.['at']],
  );
  expect(skipped).toEqual([]);
});

test.concurrent('1,500.00 is flagged as fraud and 150.00 is not', async () => {
  await using stack = await Stack.open();
  await stack.sell([
    aTransaction({ order_id: 'e2e-fraud-1500', amount: '1500.00', customer_id: 'e2e-spender' }),
    aTransaction({ order_id: 'e2e-fraud-150', amount: '150.00', customer_id: 'e2e-saver' }),
  ]);
  const rows = await stack.query(`
    select order_id, is_fraud_flagged, decision
    from transactions left join fraud_alerts using (order_id)
    where order_id like 'e2e-fraud-%'
    order by amount`);
  expect(rows).toEqual([
    { order_id: 'e2e-fraud-150', is_fraud_flagged: false, decision: null },
    { order_id: 'e2e-fraud-1500', is_fraud_flagged: true, decision: 'review' },
  ]);
});

test.concurrent('an order id that is no UUID is welcome, and each field arrives as sent', async () => {
  await using stack = await Stack.open();
  const timestamp = new Date().toISOString();
  await stack.sell([
    aTransaction({ order_id: 'e2e-full-1a2b3c4d', amount: '99.95', timestamp, customer_id: 'e2e-customer' }),
  ]);
  const rows = await stack.query(`
    select order_id, amount, currency, transaction_timestamp, customer_id, product_category, country
    from transactions where order_id = 'e2e-full-1a2b3c4d'`);
  expect(rows).toEqual([
    {
      order_id: 'e2e-full-1a2b3c4d',
      amount: '99.9500',
      currency: 'USD',
      transaction_timestamp: new Date(timestamp),
      customer_id: 'e2e-customer',
      product_category: 'electronics',
      country: 'US',
    },
  ]);
});

test.concurrent('five currencies and eight categories arrive as sent', async () => {
  await using stack = await Stack.open();
  const currencies = ['USD', 'EUR', 'GBP', 'JPY', 'CAD'];
  const sent = currencies.flatMap((currency) =>
    productCategories.map((category) => ({
      order_id: `e2e-mix-${currency}-${category}`,
      currency,
      product_category: category,
    })),
  );
  await stack.sell(sent.map((fields) => aTransaction({ ...fields, amount: '20', customer_id: fields.order_id })));
  const rows = await stack.query(
    `
    select order_id, currency, product_category
    from transactions where order_id like 'e2e-mix-%'
    order by array_position($1, currency), array_position($2, product_category)`,
    [currencies, productCategories],
  );
  expect(rows).toEqual(sent);
  expect(rows).toHaveLength(40);
});

const corrupted: readonly (readonly [string, Buffer, string])[] = [
  ['another object', Buffer.from('{"invalid":"message"}'), 'missing_field'],
  ['a bare 42', Buffer.from('42'), 'not_an_object'],
  ['broken JSON', Buffer.from('{"order_id":"e2e-broken",'), 'not_json'],
  ['an empty value', Buffer.alloc(0), 'empty_value'],
  ['invalid UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), 'invalid_utf8'],
];

test.concurrent('bad records between good ones harm no neighbour and stand in quarantine as they came', async () => {
  await using stack = await Stack.open();
  await stack.sell([
    neighbour(0),
    ...corrupted.flatMap(([name, value], index) => [{ key: `e2e ${name}`, value, partition: 0 }, neighbour(index + 1)]),
  ]);
  const loaded = await stack.query(`
    select order_id, (kafka_offset - min(kafka_offset) over ())::int as place
    from transactions where order_id like 'e2e-neighbour-%'
    order by kafka_offset`);
  expect(loaded).toEqual(
    Array.from({ length: corrupted.length + 1 }, (_, index) => ({
      order_id: `e2e-neighbour-${index}`,
      place: index * 2,
    })),
  );
  const rejected = await stack.query(`
    select convert_from(raw_key, 'UTF8') as key, raw_value, reason_code, stage, status
    from rejected_transactions where raw_key like 'e2e %'
    order by "offset"`);
  expect(rejected).toEqual(
    corrupted.map(([name, value, reason]) => ({
      key: `e2e ${name}`,
      raw_value: value,
      reason_code: reason,
      stage: 'validate',
      status: 'open',
    })),
  );
});

test.concurrent('the same message twice is one row, in one batch or in two', async () => {
  await using stack = await Stack.open();
  const sale = aTransaction({ order_id: 'e2e-twice', amount: '60.00', customer_id: 'e2e-twice' });
  await stack.sell([sale, sale]);
  await stack.sell([sale]);
  const rows = await stack.query(`select amount from transactions where order_id = 'e2e-twice'`);
  expect(rows).toEqual([{ amount: '60.0000' }]);
  const rejected = await stack.query(`select reason_code from rejected_transactions where order_id = 'e2e-twice'`);
  expect(rejected).toEqual([]);
});

/** A good sale that stands in the same partition as the corrupted records. */
function neighbour(index: number): TestRecord {
  const sale = aTransaction({ order_id: `e2e-neighbour-${index}`, customer_id: `e2e-${index}` });
  return recordOf(sale, { partition: 0 });
}
