import { readFile } from 'node:fs/promises';

import type { Client } from 'pg';
import { describe, expect, test } from 'vitest';

import { markets } from '../../../producer/src/traffic/markets.ts';
import { migratedWarehouse, openClient } from '../../support/warehouse.ts';

const corrections = new URL('../../../migrations/sql/0017_checked_tax_rates.sql', import.meta.url);

test('every country that the producer sells to has a tax rule today', async () => {
  await using warehouse = await migratedWarehouse();
  await using owner = await openClient(warehouse.url);
  const { rows } = await owner.client.query<{ country: string }>(`
    select country from tax_rates
    where region = '*' and product_category = '*' and superseded_by is null
      and daterange(valid_from, valid_to) @> (now() at time zone 'utc')::date`);
  const taxed = new Set(rows.map(({ country }) => country));
  expect(markets.filter(({ country }) => !taxed.has(country))).toEqual([]);
  expect(taxed.size).toBeGreaterThanOrEqual(129);
});

/** Rates that were looked up apart from the file: country, day, per cent, and a category where it is not any. */
const known: readonly (readonly [country: string, day: string, percent: number, category?: string])[] = [
  ['RU', '2018-12-31', 18],
  ['RU', '2025-12-31', 20],
  ['RU', '2026-01-01', 22],
  ['KZ', '2025-12-31', 12],
  ['KZ', '2026-01-01', 16],
  ['LK', '2018-06-01', 15],
  ['LK', '2021-06-01', 8],
  ['LK', '2022-07-01', 12],
  ['LK', '2023-06-01', 15],
  ['LK', '2024-01-01', 18],
  ['PK', '2023-01-31', 17],
  ['PK', '2023-03-01', 18],
  ['JP', '2018-06-15', 8],
  ['JP', '2019-09-30', 8],
  ['JP', '2019-10-01', 10],
  ['JP', '2026-11-30', 8, 'food'],
  ['JP', '2018-06-15', 8, 'food'],
  ['JP', '2026-11-30', 10, 'books'],
  ['TR', '2022-06-15', 18],
  ['TR', '2023-07-09', 18],
  ['TR', '2023-07-10', 20],
  ['EE', '2023-12-31', 20],
  ['EE', '2024-01-01', 22],
  ['EE', '2025-07-01', 24],
  ['SK', '2024-12-31', 20],
  ['SK', '2025-01-01', 23],
  ['FI', '2024-08-31', 24],
  ['FI', '2024-09-01', 25.5],
  ['RO', '2015-06-01', 24],
  ['RO', '2016-06-01', 20],
  ['RO', '2025-07-31', 19],
  ['RO', '2025-08-01', 21],
  ['LU', '2022-12-31', 17],
  ['LU', '2023-06-01', 16],
  ['LU', '2024-01-01', 17],
  ['DE', '2020-06-30', 19],
  ['DE', '2020-07-01', 16],
  ['DE', '2021-01-01', 19],
  ['DE', '2020-12-31', 5, 'books'],
  ['DE', '2026-01-01', 7, 'food'],
  ['IE', '2020-08-31', 23],
  ['IE', '2020-09-01', 21],
  ['IE', '2021-03-01', 23],
  ['CH', '2017-12-31', 8],
  ['CH', '2018-01-01', 7.7],
  ['CH', '2024-01-01', 8.1],
  ['CH', '2023-12-31', 2.5, 'food'],
  ['CH', '2024-01-01', 2.6, 'food'],
  ['GR', '2016-05-31', 23],
  ['GR', '2016-06-01', 24],
  ['NL', '2018-12-31', 6, 'books'],
  ['NL', '2019-01-01', 9, 'food'],
  ['PL', '2023-06-01', 0, 'food'],
  ['PL', '2024-04-01', 5, 'food'],
  ['SA', '2017-12-31', 0],
  ['SA', '2018-01-01', 5],
  ['SA', '2020-07-01', 15],
  ['AE', '2018-01-01', 5],
  ['BH', '2021-12-31', 5],
  ['BH', '2022-01-01', 10],
  ['OM', '2021-04-15', 0],
  ['OM', '2021-04-16', 5],
  ['QA', '2026-11-30', 0],
  ['NG', '2020-01-31', 5],
  ['NG', '2020-02-01', 7.5],
  ['KE', '2020-06-01', 14],
  ['KE', '2021-01-01', 16],
  ['ID', '2022-03-31', 10],
  ['ID', '2022-04-01', 11],
  ['SG', '2022-12-31', 7],
  ['SG', '2023-01-01', 8],
  ['SG', '2024-01-01', 9],
  ['CO', '2016-12-31', 16],
  ['CO', '2017-01-01', 19],
  ['EC', '2016-06-01', 14],
  ['EC', '2024-03-31', 12],
  ['EC', '2024-04-01', 15],
  ['ZA', '2018-03-31', 14],
  ['ZA', '2025-05-01', 15],
  ['EG', '2017-07-01', 14],
  ['CN', '2018-04-30', 17],
  ['CN', '2018-05-01', 16],
  ['CN', '2019-04-01', 13],
  ['MY', '2018-05-31', 6],
  ['MY', '2018-06-01', 0],
  ['MY', '2018-09-01', 10],
  ['IL', '2015-09-30', 18],
  ['IL', '2024-12-31', 17],
  ['IL', '2025-01-01', 18],
  ['IS', '2015-01-01', 24],
  ['BS', '2022-01-01', 10],
  ['TT', '2016-02-01', 12.5],
  ['UZ', '2019-10-01', 15],
  ['UZ', '2023-01-01', 12],
  ['VE', '2018-09-01', 16],
  ['ZW', '2026-01-01', 15.5],
  ['NZ', '2015-01-01', 15],
  ['NO', '2020-01-01', 25],
  ['AU', '2026-11-30', 10],
  ['GB', '2015-01-01', 20],
  ['US', '2026-11-30', 8.5],
];

describe('the shipped rules', () => {
  test('have the rates that are known, and verified ones', async () => {
    await using warehouse = await migratedWarehouse();
    await using owner = await openClient(warehouse.url);
    const wrong = [];
    for (const [country, day, percent, category = 'toys'] of known) {
      const { rows } = await owner.client.query(
        `select (rate * 100)::float8 as percent, is_verified
         from tax_rates
         where superseded_by is null and region = '*' and country = $1 and product_category in ($3, '*')
           and daterange(valid_from, valid_to) @> $2::date
         order by product_category = '*'
         limit 1`,
        [country, day, category],
      );
      if (rows[0]?.percent !== percent || !rows[0].is_verified) wrong.push([country, day, percent, category, rows[0]]);
    }
    expect(wrong).toEqual([]);
  });

  test('cover each day from 2015 to 2026 once, in each country and category that they know', async () => {
    await using warehouse = await migratedWarehouse();
    await using owner = await openClient(warehouse.url);
    expect(await uncovered(owner.client)).toEqual([]);
  });

  test('are verified where they name two sources of different origin, and say so where they are not', async () => {
    await using warehouse = await migratedWarehouse();
    await using owner = await openClient(warehouse.url);
    const { rows } = await owner.client.query<{ source: string; is_verified: boolean }>(`
      select source, is_verified from tax_rates
      where superseded_by is null and source <> 'flat rate of the original pipeline'`);
    expect(rows.filter((row) => row.is_verified && originCount(row.source) < 2)).toEqual([]);
    expect(rows.filter((row) => !row.is_verified && !row.source.includes('unverified'))).toEqual([]);
    expect(rows.filter((row) => row.is_verified).length).toBeGreaterThan(220);
  });

  test('are not verified before the day that they are known for', async () => {
    await using warehouse = await migratedWarehouse();
    await using owner = await openClient(warehouse.url);
    const { rows } = await owner.client.query(`
      select valid_from::text, valid_to::text, is_verified, trim_scale(rate)::text as rate
      from tax_rates where country = 'KZ' and superseded_by is null order by valid_from`);
    expect(rows).toEqual([
      { valid_from: '2015-01-01', valid_to: '2017-01-01', is_verified: false, rate: '0.12' },
      { valid_from: '2017-01-01', valid_to: '2026-01-01', is_verified: true, rate: '0.12' },
      { valid_from: '2026-01-01', valid_to: null, is_verified: true, rate: '0.16' },
    ]);
  });
});

test('corrections take the place of shipped rules alone: an imported one stays in force, and earlier batches keep theirs', async () => {
  await using warehouse = await migratedWarehouse();
  await using owner = await openClient(warehouse.url);
  const { client } = owner;
  await client.query(
    'delete from tax_rates where tax_rate_id > (select max(tax_rate_id) from tax_rates where superseded_by is not null)',
  );
  await client.query('update tax_rates set superseded_by = null');
  // What an import of one year leaves: the shipped rule goes, its other days are recorded again.
  await client.query(`
    begin;
    set constraints tax_rates_validity_excl deferred;
    with imported as (
      insert into tax_rates (country, rate, valid_from, valid_to, source) values
        ('KZ', 0.13, '2026-01-01', '2027-01-01', 'our accountant'),
        ('KZ', 0.12, '2015-01-01', '2026-01-01', 'sales-tax 2.23.0 (2026-05-19); unverified: no second source'),
        ('KZ', 0.12, '2027-01-01', null, 'sales-tax 2.23.0 (2026-05-19); unverified: no second source')
      returning tax_rate_id
    )
    update tax_rates set superseded_by = (select min(tax_rate_id) from imported) where country = 'KZ';
    commit`);
  const { rows: moment } = await client.query('select clock_timestamp()::text as at');
  await client.query('begin');
  for (const statement of (await readFile(corrections, 'utf8')).split('--> statement-breakpoint')) {
    await client.query(statement);
  }
  await client.query('commit');
  const { rows } = await client.query(`
    select valid_from::text, valid_to::text, trim_scale(rate)::text as rate
    from tax_rates where country = 'KZ' and superseded_by is null order by valid_from`);
  expect(rows).toEqual([
    { valid_from: '2015-01-01', valid_to: '2017-01-01', rate: '0.12' },
    { valid_from: '2017-01-01', valid_to: '2026-01-01', rate: '0.12' },
    { valid_from: '2026-01-01', valid_to: '2027-01-01', rate: '0.13' },
    { valid_from: '2027-01-01', valid_to: null, rate: '0.16' },
  ]);
  expect(await uncovered(client)).toEqual([]);
  const { rows: then } = await client.query(
    `select trim_scale(rate)::text as rate
     from tax_rates earlier
     where country = 'TR' and recorded_at <= $1::timestamptz and daterange(valid_from, valid_to) @> date '2022-06-15'
       and not exists (
         select from tax_rates later
         where later.tax_rate_id = earlier.superseded_by and later.recorded_at <= $1::timestamptz)`,
    [moment[0].at],
  );
  expect(then).toEqual([{ rate: '0.2' }]);
});

/** How many of the sources that a rule names, as "who: what; who: what", are of different origin. */
function originCount(source: string): number {
  return new Set([...source.matchAll(/(?:^|; )([^:;]+): /g)].map(([, who]) => who)).size;
}

/** Countries and categories some of whose days from 2015 to 2026 no rule in force has. */
async function uncovered(client: Client): Promise<unknown[]> {
  const { rows } = await client.query(`
    select country, product_category
    from tax_rates
    where superseded_by is null and region = '*' and (product_category = '*' or country <> 'XK')
    group by 1, 2
    having not range_agg(daterange(valid_from, valid_to)) @> daterange('2015-01-01', '2027-01-01')`);
  return rows;
}
