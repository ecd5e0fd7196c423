import { expect, test } from 'vitest';

import { markets } from '../../../producer/src/traffic/markets.ts';
import { migratedWarehouse, openClient } from '../../support/warehouse.ts';

test('every country that the producer sells to has a tax rule today', async () => {
  await using warehouse = await migratedWarehouse();
  await using owner = await openClient(warehouse.url);
  const { rows } = await owner.client.query<{ country: string }>(`
    select country from tax_rates
    where region = '*' and product_category = '*' and superseded_by is null
      and daterange(valid_from, valid_to) @> (now() at time zone 'utc')::date`);
  const taxed = new Set(rows.map(({ country }) => country));
  expect(markets.filter(({ country }) => !taxed.has(country))).toEqual([]);
  expect(taxed.size).toBeGreaterThanOrEqual(30);
});

test('the shipped rules have reduced rates and history, and say which of them nothing confirms', async () => {
  await using warehouse = await migratedWarehouse();
  await using owner = await openClient(warehouse.url);
  const { rows } = await owner.client.query(`
    select
      (select count(distinct country) filter (where product_category <> '*') >= 5 from tax_rates) as has_reduced,
      (select count(*) filter (where valid_to is not null and product_category = '*') >= 2 from tax_rates) as has_history,
      (select rate from tax_rates where country = 'DE' and product_category = '*'
         and daterange(valid_from, valid_to) @> date '2020-12-31') as germany_2020,
      (select count(*) from tax_rates where source !~ 'unverified|TEDB|agrees|original pipeline') as unexplained`);
  expect(rows).toEqual([{ has_reduced: true, has_history: true, germany_2020: '0.160000', unexplained: '0' }]);
});
