import { isDeepStrictEqual } from 'node:util';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { contentHashOf, createContentDigest } from './content-hash.ts';
import * as kind from './field-kinds.ts';
import { transactionStream, type TransactionRecord } from './transactions/transactions.ts';
import { validateRecord } from './validate-record.ts';

const nowMs = Date.parse('2026-11-22T12:00:00Z');
const rules = {
  messageMaxBytes: 65_536,
  eventFutureMaxMs: 0,
  eventAgeMaxMs: Number.MAX_SAFE_INTEGER,
  currencyGraceDays: 30,
};

const fields = {
  order_id: 'order-1',
  amount: '150.50' as string | number,
  currency: 'USD',
  timestamp: '2026-11-22T11:00:00.500Z',
  customer_id: 'customer-1',
  product_category: 'toys',
  country: 'US',
};

test.each([
  ['an amount as a number', JSON.stringify({ ...fields, amount: 150.5 })],
  ['an exponent', JSON.stringify(fields).replace('"150.50"', '1.505E+2')],
  ['a number with zeros behind it', JSON.stringify(fields).replace('"150.50"', '150.500000000000000000')],
  ['more digits of the second than are kept', JSON.stringify(fields).replace('.500Z', '.5000000000009Z')],
  ['zeros behind the amount', JSON.stringify({ ...fields, amount: '150.5000' })],
  ['other decimals of the second', JSON.stringify({ ...fields, timestamp: '2026-11-22T11:00:00.5Z' })],
  ['small letters in the timestamp', JSON.stringify({ ...fields, timestamp: '2026-11-22t11:00:00.500z' })],
  ['an offset of nothing', JSON.stringify({ ...fields, timestamp: '2026-11-22T11:00:00.500+00:00' })],
  ['white space and another order', JSON.stringify(Object.fromEntries(Object.entries(fields).toReversed()), null, 2)],
  ['escapes', JSON.stringify(fields).replace('toys', String.raw`\u0074oys`)],
  ['fields that are not in the contract', JSON.stringify({ ...fields, note: 'hello' })],
  ['the version spelt out', JSON.stringify({ ...fields, schema_version: 1 })],
])('spelling makes no difference: %s', (_, text) => {
  expect(contentHash(recordOf(text))).toBe(contentHash(recordOf(JSON.stringify(fields))));
});

test.each([
  ['order_id', 'order-2'],
  ['amount', '150.51'],
  ['currency', 'EUR'],
  ['timestamp', '2026-11-22T11:00:00.500001Z'],
  ['timestamp', '2026-11-22T11:00:00.501Z'],
  ['timestamp', '2026-11-21T23:00:00.500-12:00'],
  ['customer_id', 'customer-2'],
  ['product_category', 'books'],
  ['country', undefined],
])('another %s is another transaction: %s', (name, value) => {
  const other = recordOf(JSON.stringify({ ...fields, [name]: value }));
  expect(contentHash(other)).not.toBe(contentHash(recordOf(JSON.stringify(fields))));
});

test('text does not slip from one field into the next', () => {
  const record = recordOf(JSON.stringify(fields));
  const one = { ...record, customerId: 'ab', productCategory: 'c' };
  const other = { ...record, customerId: 'a', productCategory: 'bc' };
  expect(contentHash(one)).not.toBe(contentHash(other));
});

test('it is 32 hexadecimal digits, the same on every machine', () => {
  expect(contentHash(recordOf(JSON.stringify(fields)))).toMatch(/^[0-9a-f]{32}$/);
  expect(contentHash(recordOf(JSON.stringify(fields)))).toMatchInlineSnapshot(`"ffc82758fc8672bda07ee3e024ec3ba4"`);
});

/** Few texts, so that two records are often equal, and names of fields among them. */
const value = fc.constantFrom('a', 'b', 'ab', 'store_id', 'channel');
const optionalValue = fc.constantFrom('', 'a', 'b', 'store_id', 'channel');
const older = {
  id: kind.text('id', 10),
  country: { ...kind.optional(kind.text('country', 10)), isHashedWhenAbsent: true },
};
const newer = {
  ...older,
  storeId: kind.optional(kind.text('store_id', 10)),
  channel: kind.optional(kind.text('channel', 10)),
};
const olderRecord = fc.record({ id: value, country: optionalValue });
const newerRecord = fc.record(
  { id: value, country: optionalValue, storeId: optionalValue, channel: optionalValue },
  { noNullPrototype: true },
);

test('a field that is new and absent changes no hash', () => {
  const before = createContentDigest(older);
  const after = createContentDigest(newer);
  fc.assert(
    fc.property(olderRecord, (record) => {
      expect(after({ ...record, storeId: '', channel: '' })).toBe(before(record));
    }),
  );
});

test('a record with a new field has a hash of its own, whatever text stands in which field', () => {
  const digest = createContentDigest(newer);
  fc.assert(
    fc.property(newerRecord, newerRecord, (one, other) => {
      expect(digest(one) === digest(other)).toBe(isDeepStrictEqual(one, other));
    }),
    { numRuns: 2000 },
  );
});

function contentHash(record: TransactionRecord): string {
  return contentHashOf(transactionStream.contentDigest(record));
}

function recordOf(text: string): TransactionRecord {
  const record = { partition: 0, offset: 0, timestampMs: nowMs, key: null, value: Buffer.from(text) };
  const result = validateRecord(transactionStream, record, rules, nowMs);
  if (result.kind === 'valid') return result.record;
  throw new Error(`not valid: ${JSON.stringify(result.errors)}`);
}
