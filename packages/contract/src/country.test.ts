import { expect, test } from 'vitest';

import { countryAdvice } from './country-advice.ts';
import { countryCodes, isCountry } from './country.ts';

test('ISO 3166-1 lists 249 countries, and Kosovo is one more', () => {
  expect(countryCodes).toHaveLength(250);
});

test.each(['US', 'DE', 'JP', 'GB', 'GR', 'XK'])('%s is a country', (code) => {
  expect(isCountry(code)).toBe(true);
});

test.each(['UK', 'EL', 'XI', 'us', 'USA', '', 'constructor'])('%j is not', (code) => {
  expect(isCountry(code)).toBe(false);
});

test.each([
  ['EL', 'Greece is GR'],
  ['UK', 'the United Kingdom is GB'],
  ['XI', 'Northern Ireland is GB'],
  ['uk', 'the United Kingdom is GB'],
  ['AN', 'the Netherlands Antilles are now CW, SX or BQ'],
  ['TP', 'East Timor is now TL'],
  ['EU', 'the European Union is no country: send that of the member state'],
  ['de', 'send DE'],
  [' DE ', 'send DE'],
  ['DEU', 'send DE'],
  ['276', 'send DE'],
  ['US-CA', 'send US'],
  ['ZZ', 'ZZ is left to private use and stands for no country'],
])('for %j the advice is: %s', (text, advice) => {
  expect(countryAdvice(text)).toBe(advice);
});

test.each(['', 'Atlantis', 'constructor', 'ZQ', 'AN-'.repeat(20_000)])('for %.20j there is no advice', (text) => {
  expect(countryAdvice(text)).toBeUndefined();
});

test('no code that is known has other advice, and whatever advice names is known', () => {
  expect(countryCodes.filter((code) => countryAdvice(code) !== `send ${code}`)).toEqual([]);
  const texts = Array.from({ length: 26 * 26 }, (_, n) => String.fromCodePoint(65 + Math.floor(n / 26), 65 + (n % 26)));
  const named = texts
    .filter((text) => !isCountry(text))
    .flatMap((text) => (countryAdvice(text) ?? '').match(/\b(?:[A-Z]{2})\b/g) ?? [])
    .filter((code) => !texts.includes(code) || !/^(?:AA|Q[M-Z]|X[A-Z]|ZZ)$/.test(code));
  expect(named.filter((code) => !isCountry(code))).toEqual([]);
});
