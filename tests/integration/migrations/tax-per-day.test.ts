import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { migratedWarehouse, openClient } from '../../support/warehouse.ts';
import { aSale, insertSale } from '../grafana/sales.ts';

const migration = new URL('../../../migrations/sql/0016_tax_per_day.sql', import.meta.url);

test('a warehouse with sales gets what they were taxed by, day by day', async () => {
  await using warehouse = await migratedWarehouse();
  await using owner = await openClient(warehouse.url);
  const { client } = owner;
  const at = new Date('2026-11-20T12:00:00Z');
  await insertSale(client, aSale({ orderId: 'one', at }));
  await insertSale(client, aSale({ orderId: 'two', at, amountBase: 50, taxBase: 4.25 }));
  await insertSale(client, aSale({ orderId: 'elsewhere', at, country: '' }));
  const kept = 'select * from tax_per_day order by country';
  const { rows: before } = await client.query(kept);
  await client.query('begin');
  await client.query('drop table tax_per_day');
  for (const statement of (await readFile(migration, 'utf8')).split('--> statement-breakpoint')) {
    await client.query(statement);
  }
  await client.query('commit');
  expect((await client.query(kept)).rows).toEqual(before);
  expect(before).toMatchObject([
    { country: '', transaction_count: '1', tax_base_sum: '8.5000' },
    {
      country: 'US',
      tax_rate: '0.085000',
      transaction_count: '2',
      amount_base_sum: '150.0000',
      tax_base_sum: '12.7500',
    },
  ]);
});
