import { expect, test } from 'vitest';

import { aTransaction } from '../../support/messages.ts';
import { openPipeline } from '../../support/pipeline.ts';

test('a sale in Kosovo is taxed by its own rules, which nobody has verified', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([
    aTransaction({ country: 'XK', amount: '100.00', product_category: 'toys' }),
    aTransaction({ country: 'XK', amount: '100.00', product_category: 'food' }),
  ]);
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 2, rejected: 0 });
  const rows = await pipeline.query(
    'select country, tax_jurisdiction, tax_amount from transactions order by kafka_offset',
  );
  expect(rows).toEqual([
    { country: 'XK', tax_jurisdiction: 'XK', tax_amount: '18.0000' },
    { country: 'XK', tax_jurisdiction: 'XK/food', tax_amount: '8.0000' },
  ]);
  expect(await pipeline.query("select distinct is_verified from tax_rates where country = 'XK'")).toEqual([
    { is_verified: false },
  ]);
});

test('codes of the trade are quarantined with what to send', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  // The contract refuses them, so that they can not be encoded by it.
  const records = ['EL', 'UK', 'XI', 'AN', 'de'].map((country) => {
    const message = aTransaction();
    return { key: message.customer_id, value: JSON.stringify({ ...message, country }) };
  });
  await pipeline.publish(records);
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 0, rejected: 5 });
  const rows = await pipeline.query(`
    select reason_code, errors -> 0 ->> 'field' as field, errors -> 0 ->> 'message' as message
    from rejected_transactions
    order by "offset"`);
  const advice = [
    'Greece is GR',
    'the United Kingdom is GB',
    'Northern Ireland is GB',
    'the Netherlands Antilles are now CW, SX or BQ',
    'send DE',
  ];
  expect(rows).toEqual(
    advice.map((words) => ({
      reason_code: 'unknown_country',
      field: 'country',
      message: expect.stringContaining(`(${words})`),
    })),
  );
});
