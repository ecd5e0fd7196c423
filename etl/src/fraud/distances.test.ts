import { expect, test } from 'vitest';
import countries from 'world-countries/countries.json' with { type: 'json' };

import { countryPositions } from './country-positions.ts';
import committed from './country-positions.json' with { type: 'json' };
import { distanceKm } from './distances.ts';

test('country-positions.json is made from the package (pnpm --filter @pulse/etl run country-positions)', () => {
  expect(committed.positions).toEqual(countryPositions(countries));
});

test.each([
  ['DE', 'FR', 0],
  ['US', 'CA', 0],
  ['DE', 'DE', 0],
  ['DE', 'XX', 0],
  ['DE', 'JP', 8452],
  ['JP', 'DE', 8452],
])('from %s to %s it is %d km at the least', (from, to, km) => {
  expect(distanceKm(from, to)).toBe(km);
});
