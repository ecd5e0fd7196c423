import { expect, test } from 'vitest';

import { readCheckedTaxRates } from './checked-tax-rates.ts';

const header = 'country,product_category,valid_from,rate,source_1,source_2,remark';
const read = (...lines: string[]) => readCheckedTaxRates([header, ...lines].join('\n'));

test('a rule ends where the next one of its country and category begins, and the last one does not end', () => {
  const rules = read(
    'KZ,*,2015-01-01,0.12,EY: guide,PwC: chart,',
    'KZ,*,2026-01-01,0.16,Pagero: news,regfollower.com: news,',
    'KZ,food,2015-01-01,0,,,start not known',
  );
  expect(rules.map(({ validFrom, validTo }) => [validFrom, validTo])).toEqual([
    ['2015-01-01', '2026-01-01'],
    ['2026-01-01', null],
    ['2015-01-01', null],
  ]);
});

test('a rule is verified by two sources, and says both; without them it says why it is not', () => {
  expect(read('KZ,*,2015-01-01,0.12,EY: guide,PwC: chart,of goods', 'KZ,food,2015-01-01,0,,,hearsay')).toMatchObject([
    { isVerified: true, source: 'EY: guide; PwC: chart (of goods)' },
    { isVerified: false, source: 'unverified: hearsay' },
  ]);
});

test.each([
  ['one source', 'KZ,*,2015-01-01,0.12,EY: guide,,'],
  ['two sources of one origin', 'KZ,*,2015-01-01,0.12,EY: guide,EY: another guide,'],
  ['a source that does not say what', 'KZ,*,2015-01-01,0.12,EY,PwC: chart,'],
  ['neither sources nor a remark', 'KZ,*,2015-01-01,0.12,,,'],
])('a row with %s is refused by name', (_, row) => {
  expect(() => read(row)).toThrow('KZ/* from 2015-01-01 needs two sources of different origin');
});

test('days out of order are refused by name', () => {
  expect(() => read('KZ,*,2016-01-01,0.12,,,a', 'KZ,*,2016-01-01,0.16,,,b')).toThrow(
    'KZ/* from 2016-01-01 is out of order',
  );
});

test('each country and category of the file begins in 2015, and stands there once', () => {
  const rules = readCheckedTaxRates();
  const scopes = Object.entries(Object.groupBy(rules, (rule) => `${rule.country}/${rule.productCategory}`));
  expect(scopes.filter(([, of = []]) => of[0]?.validFrom !== '2015-01-01')).toEqual([]);
  expect(scopes.filter(([, of = []]) => of.filter(({ validTo }) => validTo === null).length !== 1)).toEqual([]);
  expect(rules.length).toBeGreaterThan(300);
});
