import { expect, test } from 'vitest';

import { aTransaction } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';

async function addRate(pipeline: Pipeline, base: string, quote: string, rate: string, day: string): Promise<void> {
  await pipeline.query(
    `insert into exchange_rates (base, quote, rate, valid_from, valid_to, source)
     values ($1, $2, $3, $4::date, $4::date + 1, 'test')`,
    [base, quote, rate, day],
  );
}

const sale = (currency: string, timestamp: string) =>
  aTransaction({ order_id: `${currency} ${timestamp}`, currency, timestamp, amount: '753.45', country: 'US' });

test('a currency is taken while it was legal tender and 30 days longer, by its rates of the time', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await addRate(pipeline, 'EUR', 'HRK', '7.5', '2022-06-15');
  for (const day of ['2022-06-15', '2023-01-20', '2023-02-13']) await addRate(pipeline, 'EUR', 'USD', '1.1', day);
  await pipeline.publish([
    sale('HRK', '2022-06-15T12:00:00Z'),
    sale('HRK', '2023-01-20T12:00:00Z'),
    sale('HRK', '2023-02-13T12:00:00Z'),
    sale('HRK', '2023-02-14T12:00:00Z'),
  ]);
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 3, rejected: 1 });
  const rows = await pipeline.query(`
    select trim_scale(exchange_rate)::text as rate, trim_scale(exchange_cross_rate)::text as cross_rate,
      exchange_rate_date::text as date, amount_base
    from transactions order by kafka_offset`);
  expect(rows).toEqual([
    { rate: '7.5', cross_rate: '1.1', date: '2022-06-15', amount_base: '110.5100' },
    // Irrevocable since 2023, and never stale: the date is that of the dollar's rate.
    { rate: '7.5345', cross_rate: '1.1', date: '2023-01-20', amount_base: '110.0000' },
    { rate: '7.5345', cross_rate: '1.1', date: '2023-02-13', amount_base: '110.0000' },
  ]);
  const rejected = await pipeline.query(
    `select reason_code, errors -> 0 ->> 'message' as message from rejected_transactions`,
  );
  expect(rejected).toEqual([
    {
      reason_code: 'currency_not_in_force',
      message:
        'The currency was not legal tender on the day of the sale. (HRK was legal tender from 1994-05-30 to 2023-01-14)',
    },
  ]);
});

test('the grace is what ETL_CURRENCY_GRACE_DAYS says', async () => {
  await using pipeline = await openPipeline({ partitions: 1, env: { ETL_CURRENCY_GRACE_DAYS: '0' } });
  await addRate(pipeline, 'EUR', 'USD', '1.1', '2026-01-31');
  await pipeline.publish([sale('BGN', '2026-01-31T23:59:59+02:00'), sale('BGN', '2026-02-01T00:00:00+02:00')]);
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 1, rejected: 1 });
  const strict = await pipeline.query('select order_id, reason_code from rejected_transactions');
  expect(strict).toEqual([{ order_id: 'BGN 2026-02-01T00:00:00+02:00', reason_code: 'currency_not_in_force' }]);
});

test('a sale in a currency before the euro is converted by made-up euros where there are no others', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([sale('BGN', '2026-02-15T12:00:00Z')]);
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 1, rejected: 0 });
  const rows = await pipeline.query(`
    select exchange_rate = e.rate * 1.95583 as is_product, exchange_cross_rate, exchange_rate_date::text as date,
      round(amount / exchange_rate, 2) = amount_base as is_exact
    from transactions
    join exchange_rates e on e.base = 'USD' and e.quote = 'EUR' and e.valid_from = exchange_rate_date`);
  expect(rows).toEqual([{ is_product: true, exchange_cross_rate: null, date: '2026-02-15', is_exact: true }]);
  expect(JSON.parse((await pipeline.etl(['reconcile', '--deep'])).stdout)).toMatchObject({ differences: 0 });
});

test('the 21 irrevocable rates are data, each with its regulation', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const rows = await pipeline.query(`
    select quote, trim_scale(rate)::text as rate, valid_from::text as since
    from exchange_rates
    where base = 'EUR' and valid_to = 'infinity' and source like 'Council Regulation (E%' and superseded_by is null
    order by valid_from, quote`);
  expect(rows.map(({ quote, rate, since }) => `${String(quote)} ${String(rate)} ${String(since)}`)).toEqual([
    ...['ATS 13.7603', 'BEF 40.3399', 'DEM 1.95583', 'ESP 166.386', 'FIM 5.94573', 'FRF 6.55957'].map(
      (rate) => `${rate} 1999-01-01`,
    ),
    ...['IEP 0.787564', 'ITL 1936.27', 'LUF 40.3399', 'NLG 2.20371', 'PTE 200.482'].map((rate) => `${rate} 1999-01-01`),
    'GRD 340.75 2001-01-01',
    'SIT 239.64 2007-01-01',
    'CYP 0.585274 2008-01-01',
    'MTL 0.4293 2008-01-01',
    'SKK 30.126 2009-01-01',
    'EEK 15.6466 2011-01-01',
    'LVL 0.702804 2014-01-01',
    'LTL 3.4528 2015-01-01',
    'HRK 7.5345 2023-01-01',
    'BGN 1.95583 2026-01-01',
  ]);
  const { stdout } = await pipeline.etl(['exchange-rates', 'list', '--currency', 'BGN']);
  expect(stdout).toContain('Council Regulation (EU) 2025/1409');
});
