/**
 * Writes docs/DATA.md from the schema, its comments and catalog.json.
 * Usage: pnpm --filter @pulse/migrations run docs
 */
import { writeFile } from 'node:fs/promises';

import catalog from '../catalog.json' with { type: 'json' };
import { documentedTables } from './documented-tables.ts';
import { renderDataDocument } from './render-data-document.ts';

await writeFile(new URL('../../docs/DATA.md', import.meta.url), renderDataDocument(documentedTables(), catalog));
