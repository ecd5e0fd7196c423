import { Readable } from 'node:stream';
import { pipeline as pipe } from 'node:stream/promises';

import fc from 'fast-check';
import { from as copyFrom } from 'pg-copy-streams';
import { expect, test } from 'vitest';

import { copyBytes, copyJson, copyText } from '../../../etl/src/copy-format/copy-text.ts';
import { freshWarehouse, openClient } from '../../support/warehouse.ts';

/** Any text that PostgreSQL can hold: no NUL, no half of a surrogate pair. */
const text = fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0') && value.isWellFormed());
const nasty = fc.string({
  unit: fc.constantFrom('\\', 'N', '.', '\n', '\r', '\t', '\b', '\f', '\v', 'x', '𝒳', '"', "'"),
});
const bytes = fc.option(
  fc.uint8Array().map((array) => Buffer.from(array)),
  { nil: null },
);

test('any text, bytes and JSON survive COPY', async () => {
  await using warehouse = await freshWarehouse();
  await using owner = await openClient(warehouse.url);
  const { client } = owner;
  await client.query('create table kept (number int, words text, raw bytea, data jsonb)');
  const row = fc.record({ words: fc.oneof(text, nasty), raw: bytes, data: fc.oneof(text, nasty) });
  const property = fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 50 }), async (rows) => {
    await client.query('truncate kept');
    const lines = rows.map(
      ({ words, raw, data }, index) => `${index}\t${copyText(words)}\t${copyBytes(raw)}\t${copyJson([data])}\n`,
    );
    await pipe(Readable.from([Buffer.from(lines.join(''))]), client.query(copyFrom('copy kept from stdin')));
    const found = await client.query('select words, raw, data->>0 as data from kept order by number');
    expect(found.rows).toEqual(rows);
  });
  await fc.assert(property, { numRuns: 60 });
});
