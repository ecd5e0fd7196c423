import { Readable } from 'node:stream';
import { pipeline as pipe } from 'node:stream/promises';

import { formatMinor } from '@pulse/contract';
import fc from 'fast-check';
import { from as copyFrom } from 'pg-copy-streams';
import { expect, test } from 'vitest';

import {
  CopyFields,
  copyHeader,
  copyRowsOf,
  copyTrailer,
  firstTextOf,
} from '../../../etl/src/copy-format/copy-binary.ts';
import { StagedFileDamagedError } from '../../../etl/src/staging/staged-file.ts';
import { copyAll } from '../../../etl/src/warehouse/copy-rows.ts';
import { parseDecimal } from '../../../etl/src/pricing/rational.ts';
import { freshWarehouse, openClient } from '../../support/warehouse.ts';

/** Any text that PostgreSQL can hold: no NUL, no half of a surrogate pair. */
const text = fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0') && value.isWellFormed());
const dayMs = 86_400_000;

const row = fc.record({
  words: text,
  raw: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('hex')),
  data: text,
  list: fc.array(text, { maxLength: 3 }),
  isSet: fc.boolean(),
  small: fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }),
  whole: fc.integer(),
  big: fc.maxSafeInteger(),
  // PostgreSQL spells years after 9999, and those before 1, in a way of its own.
  timestampMs: fc.integer({ min: Date.UTC(1, 0) - 1_899 * 365 * dayMs, max: Date.UTC(9999, 11, 31) }),
  microseconds: fc.nat(999),
  day: fc.integer({ min: Date.UTC(1900, 0) / dayMs, max: Date.UTC(9999, 11, 31) / dayMs }),
  minor: fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 6n }), fc.bigInt({ min: 0n, max: 10n ** 19n - 1n })),
  exponent: fc.constantFrom(0 as const, 2 as const, 3 as const, 4 as const),
  rate: fc
    .tuple(fc.nat(999_999_999_999), fc.nat(999_999_999_999))
    .map(([whole, part]) => `${whole}.${String(part).padStart(12, '0')}`),
});
type Row = typeof row extends fc.Arbitrary<infer Value> ? Value : never;

const columns = `words text, raw bytea, data jsonb, list text[], is_set boolean, small smallint, whole integer, big bigint,
  at timestamptz, day date, money numeric(23,4), rate numeric(24,12), nothing text`;

function write(fields: CopyFields, one: Row): void {
  fields.row(13);
  fields.text(one.words);
  fields.byteArray(one.raw, one.raw.length / 2);
  fields.json([one.data]);
  fields.textArray(one.list);
  fields.boolean(one.isSet);
  fields.smallint(one.small);
  fields.integer(one.whole);
  fields.bigint(one.big);
  fields.timestamp(one.timestampMs, one.microseconds);
  fields.date(one.day);
  fields.money(one.minor, one.exponent);
  fields.decimal(parseDecimal(one.rate));
  fields.null();
}

/** What the warehouse says of a row, in text that any client gets. */
const asStored = `select words, encode(raw, 'hex') as raw, data->>0 as data, list, is_set as "isSet", small, whole, big::text,
  (extract(epoch from at) * 1000000)::bigint::text as micros, day - date '1970-01-01' as day, money::text, rate::text, nothing
  from kept order by ctid`;

const asWritten = (one: Row) => ({
  words: one.words,
  raw: one.raw,
  data: one.data,
  list: one.list,
  isSet: one.isSet,
  small: one.small,
  whole: one.whole,
  big: String(one.big),
  micros: String(BigInt(one.timestampMs) * 1000n + BigInt(one.microseconds)),
  day: one.day,
  money: fourDecimals(formatMinor(one.minor, one.exponent)),
  rate: one.rate,
  nothing: null,
});

function fourDecimals(amount: string): string {
  const [whole = '', decimals = ''] = amount.split('.');
  return `${whole}.${decimals.padEnd(4, '0')}`;
}

test('every type of field arrives as the same value, and rows are told apart again', async () => {
  await using warehouse = await freshWarehouse();
  await using owner = await openClient(warehouse.url);
  const { client } = owner;
  await client.query(`create table kept (${columns})`);
  const property = fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 50 }), async (rows) => {
    await client.query('truncate kept');
    const fields = new CopyFields();
    for (const one of rows) write(fields, one);
    const file = [copyHeader, fields.bytes, copyTrailer];
    await pipe(Readable.from(file), client.query(copyFrom('copy kept from stdin (format binary)')));
    const found = await client.query(asStored);
    expect(found.rows).toEqual(rows.map(asWritten));
    const parts = [...copyRowsOf([fields.bytes])];
    expect(parts.map(firstTextOf)).toEqual(rows.map(({ words }) => words));
    expect(Buffer.concat(parts)).toEqual(fields.bytes);
  });
  await fc.assert(property, { numRuns: 60 });
});

test('rows that are counted and do not come are told, and more than are counted as well', async () => {
  await using warehouse = await freshWarehouse();
  await using owner = await openClient(warehouse.url);
  const { client } = owner;
  await client.query('create table kept (words text)');
  const fields = new CopyFields();
  for (const word of ['one', 'two']) {
    fields.row(1);
    fields.text(word);
  }
  const blocks = () => [Buffer.from(fields.bytes)];
  const copying = (count: number) =>
    copyAll(client, { table: 'kept', columns: ['words'], format: 'binary', count, blocks });
  await copying(2);
  await expect(copying(3)).rejects.toThrow('2 rows went into kept where 3 were counted');
  await expect(copying(1)).rejects.toThrow(StagedFileDamagedError);
});
