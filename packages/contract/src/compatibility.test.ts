import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';
import * as z from 'zod';

import { checkTransaction } from './check-transaction.ts';
import { JsonNumber } from './json-number.ts';
import { transactionJsonSchemaText } from './json-schema.ts';
import { schemaNarrowings } from './schema-narrowing.ts';

const folder = new URL('../compatibility/', import.meta.url);
const schemaFile = new URL('../transaction.schema.json', import.meta.url);
const corpora = readdirSync(folder).filter((name) => name.startsWith('messages-'));
const spellings = readdirSync(folder).filter((name) => name.startsWith('amounts-'));
const releases = readdirSync(folder).filter((name) => name.startsWith('transaction.schema.'));

const anySchema = z.record(z.string(), z.unknown());
const corpus = z.array(z.object({ why: z.string(), message: z.unknown() })).min(1);
/** Numbers are text here, so that no formatter or parser changes them. */
const amounts = z
  .array(z.object({ why: z.string(), number: z.string(), currency: z.string(), amount: z.string() }))
  .min(1);

function readJson(url: URL): unknown {
  return JSON.parse(readFileSync(url, 'utf8'));
}

describe.each(corpora)('messages of earlier releases are accepted: %s', (name) => {
  test.each(corpus.parse(readJson(new URL(name, folder))))('$why', ({ message }) => {
    expect(checkTransaction(message)).toMatchObject({ kind: 'valid' });
  });
});

describe.each(spellings)('spellings of a JSON number are read as before: %s', (name) => {
  test.each(amounts.parse(readJson(new URL(name, folder))))('$why: $number', ({ number, currency, amount }) => {
    const [first] = corpus.parse(readJson(new URL('messages-v1.json', folder)));
    const message = { ...z.record(z.string(), z.unknown()).parse(first?.message), currency };
    expect(checkTransaction({ ...message, amount: new JsonNumber(number) })).toMatchObject({
      kind: 'valid',
      message: { amount },
    });
  });
});

test.each(releases)('nothing that %s accepts is rejected now', (name) => {
  const released = anySchema.parse(readJson(new URL(name, folder)));
  expect(schemaNarrowings(released, anySchema.parse(JSON.parse(transactionJsonSchemaText())))).toEqual([]);
});

test('there are messages and a released schema to compare with', () => {
  expect([corpora.length, spellings.length, releases.length].every((count) => count > 0)).toBe(true);
});

test('the committed JSON Schema is what the zod schema generates (else run: pnpm --filter @pulse/contract generate)', () => {
  expect(readJson(schemaFile)).toEqual(JSON.parse(transactionJsonSchemaText()));
});
