import { readdirSync, readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { migratedWarehouse, openClient } from '../../support/warehouse.ts';

const folder = new URL('../../../migrations/sql/', import.meta.url);

test('a warehouse with rates that reach beyond the changeover keeps them up to it', async () => {
  await using warehouse = await migratedWarehouse();
  await using owner = await openClient(warehouse.url);
  const { client } = owner;
  await client.query('delete from exchange_rates');
  await client.query(`
    insert into exchange_rates (base, quote, rate, valid_from, valid_to, source)
    values
      ('EUR', 'BGN', 1.9558, '2025-12-01', '2025-12-20', 'a bank'),
      ('EUR', 'BGN', 1.9557, '2025-12-20', '2026-02-01', 'a bank'),
      ('EUR', 'BGN', 1.9556, '2026-02-01', '2026-03-01', 'a bank'),
      ('USD', 'BGN', 1.7, '2026-02-01', '2026-03-01', 'a bank')`);
  const file = readdirSync(folder).find((name) => name.endsWith('_irrevocable_euro_rates.sql')) ?? '';
  await client.query('begin');
  for (const statement of readFileSync(new URL(file, folder), 'utf8').split('--> statement-breakpoint')) {
    await client.query(statement);
  }
  await client.query('commit');
  const { rows } = await client.query(`
    select trim_scale(rate)::text as rate, valid_from::text, valid_to::text
    from exchange_rates
    where quote = 'BGN' and superseded_by is null
    order by base, valid_from`);
  expect(rows).toEqual([
    { rate: '1.9558', valid_from: '2025-12-01', valid_to: '2025-12-20' },
    { rate: '1.9557', valid_from: '2025-12-20', valid_to: '2026-01-01' },
    { rate: '1.95583', valid_from: '2026-01-01', valid_to: 'infinity' },
    { rate: '1.7', valid_from: '2026-02-01', valid_to: '2026-03-01' },
  ]);
});
