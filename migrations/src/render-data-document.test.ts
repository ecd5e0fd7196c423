import { readFile } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import catalog from '../catalog.json' with { type: 'json' };
import { documentedTables } from './documented-tables.ts';
import { renderDataDocument } from './render-data-document.ts';

describe('docs/DATA.md', () => {
  test('is what the schema and its comments make', async () => {
    const committed = await readFile(new URL('../../docs/DATA.md', import.meta.url), 'utf8');
    expect(committed, 'run: pnpm --filter @pulse/migrations run docs').toBe(
      renderDataDocument(documentedTables(), catalog),
    );
  });

  test('tells of every column that the catalog has', () => {
    const documented = documentedTables().flatMap((table) => table.columns.map(({ name }) => `${table.name}.${name}`));
    const found = Object.entries(catalog).flatMap(([group, objects]) =>
      Object.keys(objects)
        .filter((object) => object.startsWith('column '))
        .map((object) => `${group.replace('table ', '')}.${object.replace('column ', '')}`),
    );
    expect(documented.toSorted()).toEqual(found.toSorted());
  });

  test('has a meaning for every table and column', () => {
    const documented = documentedTables().flatMap((table) => [table, table.columns].flat());
    expect(documented.filter(({ comment }) => comment.trim() === '')).toEqual([]);
  });
});
