import { expect, test } from 'vitest';

import { aTransaction } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';

const today = new Date().toISOString().slice(0, 10);

function dayBefore(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}

async function withoutRates(pipeline: Pipeline): Promise<void> {
  await pipeline.query('delete from exchange_rates');
  await pipeline.query('update warehouse_state set sample_rates_until = null');
}

async function addRate(pipeline: Pipeline, base: string, quote: string, rate: string, day: string): Promise<void> {
  await pipeline.query(
    `insert into exchange_rates (base, quote, rate, valid_from, valid_to, source)
     values ($1, $2, $3, $4::date, $4::date + 1, 'test')`,
    [base, quote, rate, day],
  );
}

test('two rates of the euro make the one between, and the row says which they were', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await withoutRates(pipeline);
  await addRate(pipeline, 'EUR', 'JPY', '160', today);
  await addRate(pipeline, 'EUR', 'USD', '1.1', dayBefore(1));
  await pipeline.publish([aTransaction({ currency: 'JPY', amount: '1237', country: 'JP' })]);
  await pipeline.batch(['run']);
  const rows = await pipeline.query(`
    select amount_base, trim_scale(exchange_rate)::text as rate, trim_scale(exchange_cross_rate)::text as cross_rate,
      exchange_rate_date::text as date, round(amount * exchange_cross_rate / exchange_rate, 2) = amount_base as is_exact
    from transactions`);
  expect(rows).toEqual([{ amount_base: '8.5000', rate: '160', cross_rate: '1.1', date: dayBefore(1), is_exact: true }]);
});

test('a rate that is too old quarantines the sale, and so does one that is missing', async () => {
  await using pipeline = await openPipeline({ partitions: 1, env: { ETL_EXCHANGE_RATE_AGE_MAX_DAYS: '3' } });
  await withoutRates(pipeline);
  await addRate(pipeline, 'USD', 'EUR', '0.9', dayBefore(4));
  await addRate(pipeline, 'USD', 'GBP', '0.8', dayBefore(3));
  const timestamp = `${today}T00:00:01Z`;
  await pipeline.publish(
    ['EUR', 'GBP', 'CHF'].map((currency) => aTransaction({ order_id: currency, currency, timestamp })),
  );
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 1, rejected: 2 });
  const rows = await pipeline.query('select order_id, reason_code from rejected_transactions order by order_id');
  expect(rows).toEqual([
    { order_id: 'CHF', reason_code: 'exchange_rate_missing' },
    { order_id: 'EUR', reason_code: 'exchange_rate_stale' },
  ]);
});

test('a correction recorded after a batch was planned does not count for that batch', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await withoutRates(pipeline);
  await addRate(pipeline, 'USD', 'EUR', '0.9', today);
  await pipeline.publish([aTransaction({ currency: 'EUR', amount: '90.00' })]);
  await pipeline.batch(['extract', '--batch', 'before']);
  await pipeline.client.query('begin');
  await pipeline.query('set constraints exchange_rates_validity_excl deferred');
  await addRate(pipeline, 'USD', 'EUR', '0.8', today);
  await pipeline.query(`
    update exchange_rates set superseded_by = (select exchange_rate_id from exchange_rates where rate = 0.8)
    where rate = 0.9`);
  await pipeline.client.query('commit');
  await pipeline.batch(['load', '--batch', 'before']);
  await pipeline.publish([aTransaction({ currency: 'EUR', amount: '80.00' })]);
  await pipeline.batch(['run', '--batch', 'after']);
  const rows = await pipeline.query('select batch_id, amount_base from transactions order by batch_id');
  expect(rows).toEqual([
    { batch_id: 'after', amount_base: '100.0000' },
    { batch_id: 'before', amount_base: '100.0000' },
  ]);
});

test('sample rates are extended when a day has passed, without a migration', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.query("delete from exchange_rates where valid_from > (now() at time zone 'utc')::date - 20");
  await pipeline.query("update warehouse_state set sample_rates_until = (now() at time zone 'utc')::date - 20");
  await pipeline.publish([aTransaction({ currency: 'EUR' })]);
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 1 });
  const rows = await pipeline.query(`
    select count(distinct valid_from)::int as days, (max(valid_from) = (now() at time zone 'utc')::date) as is_up_to_today
    from exchange_rates where source = 'sample' and valid_from > (now() at time zone 'utc')::date - 20`);
  expect(rows).toEqual([{ days: 20, is_up_to_today: true }]);
});

test('the base currency can be chosen while there are no facts, and not changed afterwards', async () => {
  await using pipeline = await openPipeline({ partitions: 1, env: { ETL_BASE_CURRENCY: 'EUR' } });
  await pipeline.publish([
    aTransaction({ currency: 'EUR', amount: '20.00' }),
    aTransaction({ currency: 'JPY', amount: '2000' }),
  ]);
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 2 });
  expect(await pipeline.query('select base_currency from warehouse_state')).toEqual([{ base_currency: 'EUR' }]);
  expect(await pipeline.query("select amount_base from transactions where currency = 'EUR'")).toEqual([
    { amount_base: '20.0000' },
  ]);
  const { exitCode, stderr } = await pipeline.etl(['run'], { ETL_BASE_CURRENCY: 'USD' });
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 64,
    stderr: expect.stringContaining('amounts in the warehouse are in EUR'),
  });
});

test('no warehouse begins with a base currency that is no longer legal tender', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const { exitCode, stderr } = await pipeline.etl(['run'], { ETL_BASE_CURRENCY: 'DEM' });
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 64,
    stderr: expect.stringContaining('ETL_BASE_CURRENCY DEM was legal tender until 2002-05-15 only'),
  });
});

test('a country without a tax rule quarantines the sale, an absent one is taxed as the United States', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const { country: _, ...nowhere } = aTransaction({ order_id: 'nowhere', amount: '150.00' });
  await pipeline.publish([nowhere, aTransaction({ order_id: 'antarctica', country: 'AQ' })]);
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 1, rejected: 1 });
  expect(await pipeline.query('select order_id, tax_amount, tax_jurisdiction from transactions')).toEqual([
    { order_id: 'nowhere', tax_amount: '12.7500', tax_jurisdiction: 'US' },
  ]);
  expect(await pipeline.query('select order_id, reason_code from rejected_transactions')).toEqual([
    { order_id: 'antarctica', reason_code: 'tax_rate_missing' },
  ]);
});

test('the local date of the sale decides on the tax, and is stored', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.query(`
    insert into exchange_rates (base, quote, rate, valid_from, valid_to, source)
    values ('USD', 'EUR', 0.8, '2020-12-01', '2021-02-01', 'test')`);
  await pipeline.publish(
    ['2020-12-31T23:59:59+01:00', '2021-01-01T00:00:00+01:00', '2020-12-31T20:00:00-05:00'].map((timestamp) =>
      aTransaction({ order_id: timestamp, timestamp, country: 'DE', currency: 'EUR', amount: '100.00' }),
    ),
  );
  await pipeline.batch(['run']);
  const rows = await pipeline.query(
    'select order_id, tax_date::text, tax_amount from transactions order by kafka_offset',
  );
  expect(rows).toEqual([
    { order_id: '2020-12-31T23:59:59+01:00', tax_date: '2020-12-31', tax_amount: '16.0000' },
    { order_id: '2021-01-01T00:00:00+01:00', tax_date: '2021-01-01', tax_amount: '19.0000' },
    { order_id: '2020-12-31T20:00:00-05:00', tax_date: '2020-12-31', tax_amount: '16.0000' },
  ]);
});

test('the last rate of each pair is listed, by a day and of a currency', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await withoutRates(pipeline);
  await addRate(pipeline, 'USD', 'EUR', '0.9', '2026-01-01');
  await addRate(pipeline, 'USD', 'EUR', '0.8', '2026-01-03');
  await addRate(pipeline, 'USD', 'JPY', '150', '2026-01-02');
  const listed = async (...args: readonly string[]): Promise<unknown> => {
    const { stdout } = await pipeline.etl(['exchange-rates', 'list', '--json', ...args]);
    return JSON.parse(stdout);
  };
  const [euro, yen] = [
    {
      base: 'USD',
      quote: 'EUR',
      rate: '0.800000000000',
      validFrom: '2026-01-03',
      validTo: '2026-01-04',
      source: 'test',
    },
    {
      base: 'USD',
      quote: 'JPY',
      rate: '150.000000000000',
      validFrom: '2026-01-02',
      validTo: '2026-01-03',
      source: 'test',
    },
  ];
  const earlier = { ...euro, rate: '0.900000000000', validFrom: '2026-01-01', validTo: '2026-01-02' };
  expect(await listed()).toEqual([euro, yen]);
  expect(await listed('--currency', 'JPY')).toEqual([yen]);
  expect(await listed('--on', '2026-01-02')).toEqual([earlier, yen]);
});
