import { expect, test } from 'vitest';

import { currencyCodes, currencyExponent } from './currency.ts';
import iso4217 from './iso-4217.json' with { type: 'json' };

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
] as const)('%s has %i decimals by ISO 4217', (code, exponent) => {
  expect(currencyExponent(code)).toBe(exponent);
});

test.each(['XAU', 'XXX', 'XTS', 'XDR', 'usd', 'DEM', '', '__proto__'])('%j is no currency to be paid in', (code) => {
  expect(currencyExponent(code)).toBeUndefined();
});

test('a currency withdrawn of late is still read, for older sales carry it', () => {
  expect(iso4217.withdrawn).toMatchObject({ BGN: 2, ANG: 2 });
  expect(currencyExponent('BGN')).toBe(2);
});

/** Where ICU goes by what cash people use, or by no list of its own, it has fewer decimals than ISO 4217. */
const icuDiffers = new Set('AFN ALL COP HUF IDR IQD IRR KPW LAK LBP MGA MMK PKR SOS SYP YER'.split(' '));

test('the decimals are those of ICU, except where ICU goes by cash', () => {
  const differing = currencyCodes.filter((code) => {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency: code });
    return format.resolvedOptions().maximumFractionDigits !== currencyExponent(code);
  });
  expect(differing.filter((code) => !icuDiffers.has(code))).toEqual([]);
});
