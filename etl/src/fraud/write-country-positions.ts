/**
 * Writes country-positions.json from the package world-countries.
 * Usage: pnpm --filter @pulse/etl run country-positions
 */
import { writeFileSync } from 'node:fs';

import countries from 'world-countries/countries.json' with { type: 'json' };
import manifest from 'world-countries/package.json' with { type: 'json' };

import { countryPositions } from './country-positions.ts';

const source = `world-countries ${manifest.version} (https://github.com/mledoze/countries), ODbL 1.0`;
const file = new URL('country-positions.json', import.meta.url);
const lines = Object.entries(countryPositions(countries)).map(
  ([code, position]) => `    "${code}": ${JSON.stringify(position)}`,
);
writeFileSync(file, `{\n  "source": "${source}",\n  "positions": {\n${lines.join(',\n')}\n  }\n}\n`);
