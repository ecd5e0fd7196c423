import { expect, test } from 'vitest';

import { collectTaxRules, type EuropeRates, type WorldRates } from './collect-tax-rules.ts';

/** Every country that a reduced rate is listed for, with its levels. */
const levels: Readonly<Record<string, readonly number[]>> = {
  AT: [10],
  BE: [6],
  CH: [2.6],
  DE: [7],
  ES: [4],
  FR: [5.5],
  IT: [4],
  NL: [9],
  PL: [5],
  SE: [6],
};

const europe: EuropeRates = {
  version: '1',
  rates: Object.fromEntries(
    Object.entries(levels).map(([country, reduced]) => [
      country,
      { eu_member: country !== 'CH', standard: country === 'DE' ? 19 : 20, reduced, super_reduced: null },
    ]),
  ),
};

const germany = {
  rate: 0.19,
  type: 'vat',
  before: { '2020-12-31T22:00:00.000Z': { rate: 0.16 }, '2020-06-30T22:00:00.000Z': { rate: 0.19 } },
};

function rulesOf(country: string, world: WorldRates, category = '*') {
  return collectTaxRules(world, '2', europe).filter(
    (rule) => rule.country === country && rule.productCategory === category,
  );
}

test("Germany's rates follow each other without a gap, with 16 % in the second half of 2020", () => {
  expect(rulesOf('DE', { DE: germany }).map(({ rate, validFrom, validTo }) => [rate, validFrom, validTo])).toEqual([
    ['0.19', '2015-01-01', '2020-07-01'],
    ['0.16', '2020-07-01', '2021-01-01'],
    ['0.19', '2021-01-01', null],
  ]);
});

test('what only one package says is marked as unverified, what both say is not', () => {
  const [australia] = rulesOf('AU', { AU: { rate: 0.1, type: 'gst' } });
  expect(australia?.source).toMatch(/sales-tax 2; unverified/);
  expect(rulesOf('DE', { DE: germany }).at(-1)?.source).toBe(
    'eu-vat-rates-data 1, from the European Commission (TEDB); sales-tax 2 agrees',
  );
});

test("the Commission's word counts for a member, and nobody's for a country outside that the packages part on", () => {
  const world = { FR: { rate: 0.19, type: 'vat' }, CH: { rate: 0.077, type: 'vat' } };
  expect(rulesOf('FR', world)).toMatchObject([{ rate: '0.2', source: expect.not.stringContaining('unverified') }]);
  expect(rulesOf('CH', world)).toMatchObject([{ rate: '0.2', source: expect.stringContaining('unverified') }]);
});

test('the United States keep their own rule', () => {
  expect(rulesOf('US', { US: { rate: 0, type: 'none' } })).toEqual([]);
});

test('a reduced rate that the package does not have is an error', () => {
  const without = { ...europe, rates: { ...europe.rates, DE: { ...germanLevels, reduced: [] } } };
  expect(() => collectTaxRules({}, '2', without)).toThrow('no reduced rate of 7 % for DE');
});

const germanLevels = { eu_member: true, standard: 19, super_reduced: null };
