import { expect, test } from 'vitest';

import { countryAdvice } from './country-advice.ts';
import { countryCodes, isCountry } from './country.ts';

test('there are the 249 countries of ISO 3166-1, and Kosovo', () => {
  expect(countryCodes).toHaveLength(250);
});

test.each(['US', 'DE', 'JP', 'GB', 'GR', 'XK'])('%s is a country', (code) => {
  expect(isCountry(code)).toBe(true);
});

test.each(['UK', 'EL', 'XI', 'us', 'USA', '', 'constructor'])('%j is not a country', (code) => {
  expect(isCountry(code)).toBe(false);
});

test.each([
  ['EL', 'Greece is GR'],
  ['UK', 'the United Kingdom is GB'],
  ['XI', 'Northern Ireland is GB'],
  ['uk', 'the United Kingdom is GB'],
  ['AN', 'the Netherlands Antilles are now CW, SX or BQ'],
  ['TP', 'East Timor is now TL'],
  ['EU', 'the European Union is not a country: send the code of the member state'],
  ['de', 'send DE'],
  [' DE ', 'send DE'],
  ['DEU', 'send DE'],
  ['276', 'send DE'],
  ['US-CA', 'send US'],
  ['ZZ', 'ZZ is for private use and means no country'],
])('for %j the advice is: %s', (text, advice) => {
  expect(countryAdvice(text)).toBe(advice);
});

test.each(['', 'Atlantis', 'constructor', 'ZQ', 'AN-'.repeat(20_000)])('for %.20j there is no advice', (text) => {
  expect(countryAdvice(text)).toBeUndefined();
});

test('a known code has no other advice, and every code in an advice is known', () => {
  expect(countryCodes.filter((code) => countryAdvice(code) !== `send ${code}`)).toEqual([]);
  const texts = Array.from({ length: 26 * 26 }, (_, n) => String.fromCodePoint(65 + Math.floor(n / 26), 65 + (n % 26)));
  const named = texts
    .filter((text) => !isCountry(text))
    .flatMap((text) => (countryAdvice(text) ?? '').match(/\b(?:[A-Z]{2})\b/g) ?? [])
    .filter((code) => !texts.includes(code) || !/^(?:AA|Q[M-Z]|X[A-Z]|ZZ)$/.test(code));
  expect(named.filter((code) => !isCountry(code))).toEqual([]);
});
