import { expect, test } from 'vitest';

import { countryCodes, isCountry } from './country.ts';

test('ISO 3166-1 lists 249 countries', () => {
  expect(countryCodes).toHaveLength(249);
});

test.each(['US', 'DE', 'JP', 'GB'])('%s is a country', (code) => {
  expect(isCountry(code)).toBe(true);
});

test.each(['UK', 'XK', 'us', 'USA', '', 'constructor'])('%j is not', (code) => {
  expect(isCountry(code)).toBe(false);
});
