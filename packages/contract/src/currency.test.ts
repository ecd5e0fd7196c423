import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { expect, test } from 'vitest';

import { codesWithoutMinorUnits, currencyCodes, currencyExponent } from './currency.ts';

test.each([
  ['USD', 2],
  ['JPY', 0],
  ['IQD', 3],
  ['LBP', 2],
  ['KWD', 3],
  ['CLF', 4],
  ['HUF', 2],
  ['XAF', 0],
] as const)('%s has %i decimals by ISO 4217', (code, exponent) => {
  expect(currencyExponent(code)).toBe(exponent);
});

test.each(['XAU', 'XXX', 'XTS', 'XDR', 'usd', 'DEM', '', '__proto__'])('%j is no currency to be paid in', (code) => {
  expect(currencyExponent(code)).toBeUndefined();
});

test("the codes and their decimals are those of ISO's own list", () => {
  const file = createRequire(import.meta.url).resolve('currency-codes/iso-4217-list-one.xml');
  const entries = readFileSync(file, 'utf8').matchAll(/<Ccy>(\w{3})<\/Ccy>[^]*?<CcyMnrUnts>([^<]+)<\/CcyMnrUnts>/g);
  const iso = new Map([...entries].map(([, code, units]) => [code, units]));
  const withUnits = [...iso].filter(([, units]) => units !== 'N.A.');
  const withoutUnits = [...iso].flatMap(([code, units]) => (units === 'N.A.' ? [code] : []));

  expect(new Map(currencyCodes.map((code) => [code, String(currencyExponent(code))]))).toEqual(new Map(withUnits));
  expect(codesWithoutMinorUnits).toEqual(new Set(withoutUnits));
});
