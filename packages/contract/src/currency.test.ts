import { expect, test } from 'vitest';

import { currencyCodes, currencyExponent, currencyOf, isInForce } from './currency.ts';

test.each([
  ['USD', 2],
  ['JPY', 0],
  ['IQD', 3],
  ['LBP', 2],
  ['KWD', 3],
  ['CLF', 4],
  ['UYW', 4],
  ['HUF', 2],
  ['XAF', 0],
  // Listed since 2025.
  ['XCG', 2],
  ['XAD', 2],
  // Withdrawn.
  ['HRK', 2],
  ['BGN', 2],
  ['DEM', 2],
  ['ITL', 0],
  ['TRL', 0],
  ['ZWL', 2],
] as const)('%s has %i decimals by ISO 4217', (code, exponent) => {
  expect(currencyExponent(code)).toBe(exponent);
});

test.each(['XAU', 'XXX', 'XTS', 'XDR', 'usd', 'SUR', '', '__proto__'])('%j is not a currency for amounts', (code) => {
  expect(currencyExponent(code)).toBeUndefined();
});

test.each([
  ['USD', '1792-01-01', null],
  ['EUR', '1999-01-01', null],
  ['DEM', '1948-06-20', '2002-05-15'],
  ['LTL', '1993-06-25', '2015-01-15'],
  ['HRK', '1994-05-30', '2023-01-14'],
  ['BGN', '1999-07-05', '2026-01-31'],
  ['ANG', '1940-05-10', '2025-06-30'],
  // Each replaced the code before it, at a thousand or a million to one.
  ['ROL', '1952-01-28', '2006-12-31'],
  ['RON', '2005-07-01', null],
  ['BYR', '2000-01-01', '2017-01-01'],
  ['BYN', '2016-07-01', null],
  ['MRO', '1973-06-29', '2018-06-30'],
  ['MRU', '2018-01-01', null],
  ['STD', '1977-09-08', '2017-12-31'],
  ['STN', '2018-01-01', null],
  ['VEF', '2008-01-01', '2018-08-20'],
  ['VES', '2018-08-20', null],
  ['VED', '2021-10-01', null],
  ['SLL', '1964-08-04', '2023-12-31'],
  ['SLE', '2022-07-01', null],
  ['ZWL', '2009-02-02', '2024-08-31'],
  // No bank notes, or out of use, but on ISO's current list.
  ['CLF', null, null],
  ['SVC', '1919-11-11', null],
])('%s was legal tender from %s to %s', (code, from, to) => {
  expect(currencyOf(code)).toMatchObject({ code, from, to });
});

test.each([
  ['HRK', '1994-05-29', false],
  ['HRK', '1994-05-30', true],
  ['HRK', '2023-01-14', true],
  ['HRK', '2023-02-13', true],
  ['HRK', '2023-02-14', false],
  ['SLE', '2022-06-30', false],
  ['SLE', '2022-07-01', true],
  ['CLF', '0001-01-01', true],
  ['USD', '9999-12-31', true],
])('with 30 days of grace %s is accepted on %s: %s', (code, day, expected) => {
  const currency = currencyOf(code);
  expect(currency !== undefined && isInForce(currency, Date.parse(day) / 86_400_000, 30)).toBe(expected);
});

test('without grace no later day is accepted, with infinite grace every day', () => {
  const kuna = currencyOf('HRK');
  const days = [-100_000, Date.UTC(2023, 0, 14) / 86_400_000, Date.UTC(2023, 0, 15) / 86_400_000];
  expect(days.map((day) => kuna !== undefined && isInForce(kuna, day, 0))).toEqual([false, true, false]);
  expect(days.map((day) => kuna !== undefined && isInForce(kuna, day, Infinity))).toEqual([true, true, true]);
});

test('no span ends before it begins', () => {
  const spans = currencyCodes.map((code) => currencyOf(code));
  expect(spans.filter((span) => span === undefined || span.firstDay > span.lastDay)).toEqual([]);
});

/** Currencies for which ICU has other decimals than ISO 4217, mostly those of cash. */
const icuDiffers = new Set(
  'AFN ALL COP HUF IDR IQD IRR KPW LAK LBP MGA MMK PKR SOS SYP YER MRO SLL STD TMM ZMK ZWD BEF BYB GRD PTE ROL TPE'.split(
    ' ',
  ),
);

test('the decimals are those of ICU, except for known differences', () => {
  const differing = currencyCodes.filter((code) => {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency: code });
    return format.resolvedOptions().maximumFractionDigits !== currencyExponent(code);
  });
  expect(differing.filter((code) => !icuDiffers.has(code))).toEqual([]);
});
