import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { migratedWarehouse, openClient } from '../../support/warehouse.ts';

const migration = new URL('../../../migrations/sql/0010_sales_per_hour.sql', import.meta.url);

test('a warehouse with sales gets their hours', async () => {
  await using warehouse = await migratedWarehouse();
  await using owner = await openClient(warehouse.url);
  const { client } = owner;
  await client.query(`
    insert into sales_per_minute
    select '2026-11-20T00:50:00Z'::timestamptz + n * interval '1 minute', 'books', 'EUR', 'DE', n, 1, n, n, n, n, n
    from generate_series(1, 20) as n`);
  await client.query('begin');
  await client.query('drop table sales_per_hour');
  for (const statement of (await readFile(migration, 'utf8')).split('--> statement-breakpoint')) {
    await client.query(statement);
  }
  await client.query('commit');
  const { rows } = await client.query(`
    select hour at time zone 'UTC' = '2026-11-20T00:00:00' as is_first, transaction_count::int as count, flagged_count::int as flagged,
      amount_sum::int as amount, tax_base_sum::int as tax
    from sales_per_hour
    order by hour`);
  expect(rows).toEqual([
    { is_first: true, count: 45, flagged: 9, amount: 45, tax: 45 },
    { is_first: false, count: 165, flagged: 11, amount: 165, tax: 165 },
  ]);
});
