/**
 * Writes country-places.json from the package world-countries.
 * Usage: pnpm --filter @pulse/etl run country-places
 */
import { writeFileSync } from 'node:fs';

import countries from 'world-countries/countries.json' with { type: 'json' };
import manifest from 'world-countries/package.json' with { type: 'json' };

import { countryPlaces } from './country-places.ts';

const source = `world-countries ${manifest.version} (https://github.com/mledoze/countries), ODbL 1.0`;
const file = new URL('country-places.json', import.meta.url);
const lines = Object.entries(countryPlaces(countries)).map(
  ([code, place]) => `    "${code}": ${JSON.stringify(place)}`,
);
writeFileSync(file, `{\n  "source": "${source}",\n  "places": {\n${lines.join(',\n')}\n  }\n}\n`);
