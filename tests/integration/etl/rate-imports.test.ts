import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { aTransaction } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';

const ruleHeader =
  'country,region,product_category,rate,is_inclusive,rounding_mode,rounding_increment_minor,valid_from,valid_to,source';

async function fileOf(pipeline: Pipeline, name: string, lines: readonly string[]): Promise<string> {
  const path = join(pipeline.stagingDir, name);
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

async function importOf(
  pipeline: Pipeline,
  command: 'tax-rates' | 'exchange-rates',
  name: string,
  lines: readonly string[],
  flags: readonly string[] = [],
) {
  const { exitCode, stdout, stderr } = await pipeline.etl([
    command,
    'import',
    await fileOf(pipeline, name, lines),
    ...flags,
  ]);
  return { exitCode, report: exitCode === 0 ? JSON.parse(stdout) : undefined, stderr };
}

const allRates = `
  select (select jsonb_agg(t order by tax_rate_id) from tax_rates t) as rules,
    (select md5(string_agg(e::text, ',' order by exchange_rate_id)) from exchange_rates e) as rates,
    (select state_version from warehouse_state) as state_version`;

test('a new tax rate ends the one in force, and nothing is edited: yesterday keeps its rule', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const [before] = await pipeline.query('select state_version from warehouse_state');
  const { report } = await importOf(pipeline, 'tax-rates', 'rules.csv', [
    ruleHeader,
    'DE,,,0.20,,,,2027-01-01,,law of 2026',
  ]);
  expect(report).toMatchObject({ added: 2, superseded: 1, unchanged: 0 });
  const rows = await pipeline.query(`
    select trim_scale(rate)::text as rate, valid_from::text, valid_to::text, superseded_by is null as is_in_force
    from tax_rates where country = 'DE' and product_category = '*' and valid_from >= '2021-01-01' and source not like 'eu-vat-rates-data%' order by tax_rate_id`);
  expect(rows).toEqual([
    { rate: '0.19', valid_from: '2021-01-01', valid_to: null, is_in_force: false },
    { rate: '0.2', valid_from: '2027-01-01', valid_to: null, is_in_force: true },
    { rate: '0.19', valid_from: '2021-01-01', valid_to: '2027-01-01', is_in_force: true },
  ]);
  const [after] = await pipeline.query('select state_version from warehouse_state');
  expect(Number(after?.['state_version'])).toBe(Number(before?.['state_version']) + 1);
});

test('importing the same file again changes nothing', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const lines = [
    ruleHeader,
    'DE,,books,0.06,,,,2027-01-01,2028-01-01,a test',
    'FR,,,0.2,true,half_even,5,2027-01-01,,a test',
  ];
  await importOf(pipeline, 'tax-rates', 'rules.csv', lines);
  const before = await pipeline.query(allRates);
  const { report } = await importOf(pipeline, 'tax-rates', 'rules.csv', lines);
  expect(report).toMatchObject({ added: 0, superseded: 0, unchanged: 2 });
  expect(await pipeline.query(allRates)).toEqual(before);
});

test('an imported rule is what the next batch uses: inclusive, rounded to its increment', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await importOf(pipeline, 'tax-rates', 'rules.csv', [ruleHeader, 'US,,toys,0.081,true,half_up,5,2020-01-01,,a test']);
  await pipeline.publish([aTransaction({ amount: '10.00', product_category: 'toys' })]);
  await pipeline.batch(['run']);
  expect(await pipeline.query('select tax_amount, total_amount, tax_jurisdiction from transactions')).toEqual([
    { tax_amount: '0.7500', total_amount: '10.0000', tax_jurisdiction: 'US/toys' },
  ]);
});

test('a dry run shows the difference and changes nothing', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const before = await pipeline.query(allRates);
  const { report } = await importOf(
    pipeline,
    'tax-rates',
    'rules.csv',
    [ruleHeader, 'DE,,,0.20,,,,2020-01-01,2020-02-01,a test'],
    ['--dry-run'],
  );
  expect(report).toMatchObject({ dry_run: true, added: 3, superseded: 1, changes_past: true });
  expect(report.diff).toEqual([
    expect.stringMatching(/^- DE\/\*\/\* 0\.19( unverified)?, .* from 2015-01-01 to before 2020-07-01/),
    expect.stringMatching(/^\+ DE\/\*\/\* 0\.2 unverified, .* from 2020-01-01 to before 2020-02-01 \(a test\)/),
    expect.stringMatching(/^\+ DE\/\*\/\* 0\.19( unverified)?, .* from 2015-01-01 to before 2020-01-01/),
    expect.stringMatching(/^\+ DE\/\*\/\* 0\.19( unverified)?, .* from 2020-02-01 to before 2020-07-01/),
  ]);
  expect(await pipeline.query(allRates)).toEqual(before);
});

const rule = 'DE,,,0.20,,,,2027-01-01,2028-01-01,a test';

test.each([
  [
    'overlapping validity',
    [ruleHeader, rule, 'DE,,,0.21,,,,2027-06-01,,a test'],
    'line 3: overlapping validity with line 2',
  ],
  ['a duplicate', [ruleHeader, rule, '', rule], 'line 4: duplicate of line 2'],
  ['a country by its code in tax law', [ruleHeader, 'EL,,,0.24,,,,2027-01-01,,a test'], 'Greece is GR'],
  ['an unknown country', [ruleHeader, 'ZZ,,,0.20,,,,2027-01-01,,a test'], 'line 2: unknown country "ZZ"'],
  ['a negative rate', [ruleHeader, 'DE,,,-0.20,,,,2027-01-01,,a test'], 'line 2: negative rate -0.20'],
  ['a rate in per cent', [ruleHeader, 'DE,,,19,,,,2027-01-01,,a test'], 'line 2: rate 19: expected a fraction below 1'],
  ['a wrong header', ['country;rate', 'DE;0.19'], 'line 1: the column valid_from is missing'],
  ['dates out of order', [ruleHeader, 'DE,,,0.20,,,,2027-01-01,2026-01-01,a test'], 'line 2: dates out of order'],
  [
    'a day that does not exist',
    [ruleHeader, 'DE,,,0.20,,,,2027-02-30,,a test'],
    'line 2: valid_from "2027-02-30" is no day',
  ],
  ['a missing value', [ruleHeader, 'DE,,,0.20'], 'line 2: 4 values under 10 columns'],
] as const)('a file of tax rules with %s is refused by line, and changes nothing', async (_, lines, fault) => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const before = await pipeline.query(allRates);
  const { exitCode, stderr } = await importOf(pipeline, 'tax-rates', 'rules.csv', lines);
  expect({ exitCode, stderr: JSON.parse(stderr).msg }).toMatchObject({
    exitCode: 64,
    stderr: expect.stringContaining(fault),
  });
  expect(await pipeline.query(allRates)).toEqual(before);
});

const history = [
  'Date,USD,JPY,CYP,GBP,SUR,',
  '2026-11-20,1.1000,160.00,N/A,0.8500,N/A,',
  '2026-11-19,1.0900,159.00,N/A,N/A,N/A,',
];

test("the European Central Bank's file of all days is read as it is published", async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const { report } = await importOf(pipeline, 'exchange-rates', 'eurofxref-hist.csv', history);
  expect(report).toMatchObject({ added: 5, superseded: 0, left_out: ['SUR'], changes_past: true });
  const rows = await pipeline.query(`
    select base, quote, trim_scale(rate)::text as rate, valid_from::text, valid_to::text, source
    from exchange_rates where base = 'EUR' and valid_to <> 'infinity' order by valid_from, quote`);
  const source = 'European Central Bank, eurofxref-hist.csv';
  expect(rows.slice(0, 3)).toEqual([
    { base: 'EUR', quote: 'JPY', rate: '159', valid_from: '2026-11-19', valid_to: '2026-11-20', source },
    { base: 'EUR', quote: 'USD', rate: '1.09', valid_from: '2026-11-19', valid_to: '2026-11-20', source },
    { base: 'EUR', quote: 'GBP', rate: '0.85', valid_from: '2026-11-20', valid_to: '2026-11-21', source },
  ]);
});

const withKuna = (rate: string) => ['Date,HRK,BGN,', '2022-12-30,7.5365,1.9558,', `2023-01-02,${rate},1.9558,`];

test('rates of currencies before the euro are imported for their time, and irrevocable ones stay what they are', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const { report } = await importOf(pipeline, 'exchange-rates', 'eurofxref-hist.csv', withKuna('7.53450'));
  expect(report).toMatchObject({ added: 3, superseded: 0, unchanged: 1 });
  const refused = await importOf(pipeline, 'exchange-rates', 'eurofxref-hist.csv', withKuna('7.5400'));
  expect({ ...refused, stderr: JSON.parse(refused.stderr).msg }).toMatchObject({
    exitCode: 64,
    stderr: expect.stringContaining(
      'since 2023-01-01 the rate is irrevocably 7.5345 (Council Regulation (EU) 2022/1208)',
    ),
  });
});

test('the file of one day is read, and a rate that differs from the one in force corrects it', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await importOf(pipeline, 'exchange-rates', 'eurofxref-hist.csv', history);
  const { report } = await importOf(pipeline, 'exchange-rates', 'eurofxref.csv', [
    'Date, USD, JPY, ',
    '20 November 2026, 1.1000, 161.00, ',
  ]);
  expect(report).toMatchObject({ added: 1, superseded: 1, unchanged: 1 });
  const rows = await pipeline.query(`
    select trim_scale(e.rate)::text as rate, trim_scale(later.rate)::text as corrected_to
    from exchange_rates e left join exchange_rates later on later.exchange_rate_id = e.superseded_by
    where e.base = 'EUR' and e.quote = 'JPY' and e.valid_from = '2026-11-20' order by e.exchange_rate_id`);
  expect(rows).toEqual([
    { rate: '160', corrected_to: '161' },
    { rate: '161', corrected_to: null },
  ]);
});

test('rates one a line serve currencies that the bank does not publish, and real ones come before made-up ones', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const today = new Date().toISOString().slice(0, 10);
  await importOf(pipeline, 'exchange-rates', 'rates.csv', [
    'base,quote,rate,valid_from,valid_to,source',
    `USD,KWD,0.25,${today},,a bank`,
  ]);
  await pipeline.publish([aTransaction({ currency: 'KWD', amount: '1.000' })]);
  await pipeline.batch(['run']);
  expect(await pipeline.query('select amount_base from transactions')).toEqual([{ amount_base: '4.0000' }]);
});

test.each([
  ['an unknown currency', ['Date,USD,XYZ,', '2026-11-20,1.1,2.0,'], 'line 1: unknown currency "XYZ"'],
  ['a negative rate', ['Date,USD,', '2026-11-20,-1.1,'], 'line 2: USD: negative rate -1.1'],
  ['a wrong header', ['Day,USD,', '2026-11-20,1.1,'], 'line 1: wrong header'],
  ['a duplicate row', ['Date,USD,', '2026-11-20,1.1,', '2026-11-20,1.1,'], 'line 3: duplicate of the line before'],
  [
    'dates out of order',
    ['Date,USD,', '2026-11-20,1.1,', '2026-11-18,1.1,', '2026-11-19,1.1,'],
    'line 4: dates out of order',
  ],
  [
    'overlapping validity',
    ['base,quote,rate,valid_from,valid_to,source', 'USD,EUR,0.9,2026-11-01,2026-12-01,a', 'USD,EUR,0.8,2026-11-15,,a'],
    'line 3: overlapping validity with line 2',
  ],
  ['a number that is none', ['Date,USD,', '2026-11-20,1.1e3,'], 'line 2: USD: rate "1.1e3"'],
] as const)('a file of exchange rates with %s is refused by line, and changes nothing', async (_, lines, fault) => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const before = await pipeline.query(allRates);
  const { exitCode, stderr } = await importOf(pipeline, 'exchange-rates', 'rates.csv', lines);
  expect({ exitCode, stderr: JSON.parse(stderr).msg }).toMatchObject({
    exitCode: 64,
    stderr: expect.stringContaining(fault),
  });
  expect(await pipeline.query(allRates)).toEqual(before);
});

test('two imports at once are taken in one after the other', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const results = await Promise.all(
    ['0.20', '0.21'].map((rate, index) =>
      importOf(pipeline, 'tax-rates', `rules-${index}.csv`, [ruleHeader, `DE,,,${rate},,,,2027-01-01,,a test`]),
    ),
  );
  expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  const rows = await pipeline.query(`
    select count(*)::int as count from tax_rates
    where country = 'DE' and product_category = '*' and superseded_by is null and valid_from = '2027-01-01'`);
  expect(rows).toEqual([{ count: 1 }]);
});
