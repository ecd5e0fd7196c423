import { encodeTransaction, productCategories, type RejectReason, type TransactionMessage } from '@pulse/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { RawRecord } from '../batch/raw-record.ts';
import { validateRecord, type ValidatedRecord, type ValidationRules } from './validate-record.ts';

const nowMs = Date.parse('2026-11-22T12:00:00Z');
const dayMs = 86_400_000;
const rules: ValidationRules = { messageMaxBytes: 65_536, eventFutureMaxMs: dayMs, eventAgeMaxMs: 3650 * dayMs };

const aMessage = (changes: Partial<TransactionMessage> = {}): TransactionMessage => ({
  order_id: 'order-1',
  amount: '149.99',
  currency: 'USD',
  timestamp: '2026-11-22T11:00:00.000Z',
  customer_id: 'customer-1',
  product_category: 'toys',
  country: 'US',
  ...changes,
});

test('a message in canonical spelling becomes a sale', () => {
  expect(validated(encodeTransaction(aMessage()))).toEqual({
    kind: 'valid',
    sale: {
      orderId: 'order-1',
      amountMinor: 14_999n,
      currency: 'USD',
      timestampMs: Date.parse('2026-11-22T11:00:00Z'),
      microseconds: 0,
      localDate: '2026-11-22',
      localDay: Date.UTC(2026, 10, 22) / dayMs,
      customerId: 'customer-1',
      productCategory: 'toys',
      country: 'US',
    },
  });
});

const unreadable: readonly (readonly [string, string | Buffer | null, RejectReason])[] = [
  ['no value', null, 'null_value'],
  ['no bytes', '', 'empty_value'],
  ['white space', ' \n\t', 'empty_value'],
  ['a byte order mark alone', '\uFEFF', 'empty_value'],
  ['a byte order mark before the message', `\uFEFF${encodeTransaction(aMessage())}`, 'not_json'],
  ['one byte too many', `"${'x'.repeat(rules.messageMaxBytes - 1)}"`, 'too_large'],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0xc3, 0x28, 0x7d]), 'invalid_utf8'],
  ['half a surrogate pair as UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'invalid_utf8'],
  ['a raw NUL', '{"a":"\0"}', 'nul_byte'],
  ['an unclosed object', '{"a":1', 'not_json'],
  ['a bare NaN', '{"amount":NaN}', 'not_json'],
  ['two objects', '{}{}', 'not_json'],
  ['nothing but opening brackets', '['.repeat(60_000), 'not_json'],
  ['a number', '42', 'not_an_object'],
  ['null', 'null', 'not_an_object'],
  ['an array', '[{}]', 'not_an_object'],
  ['nested brackets', '['.repeat(30_000) + ']'.repeat(30_000), 'not_an_object'],
];

test.each(unreadable)('%s is rejected as a whole', (_, value, reason) => {
  expect(validated(value)).toMatchObject({ kind: 'rejected', orderId: null, errors: [{ field: '', reason }] });
});

test('a value of the largest size is read', () => {
  const message = encodeTransaction(aMessage());
  expect(validated(message.padEnd(rules.messageMaxBytes, ' ')).kind).toBe('valid');
});

describe('faults that JSON.parse lets pass', () => {
  const canonical = encodeTransaction(aMessage()).slice(0, -1);

  test.each([
    ['the same key twice', `${canonical},"amount":"1.00"}`, 'amount', 'duplicate_json_key'],
    ['the same key in an escaped spelling', `${canonical},"amoun\\u0074":"1.00"}`, 'amount', 'duplicate_json_key'],
    ['the same key twice further in', `${canonical},"note":[{"a":1,"b":{"a":2},"a":3}]}`, 'a', 'duplicate_json_key'],
    ['a key that reaches into prototypes', `${canonical},"__proto__":{}}`, '__proto__', 'prototype_polluting_key'],
    [
      'such a key in an escaped spelling',
      `${canonical},"note":{"__prot\\u006f__":1}}`,
      '__proto__',
      'prototype_polluting_key',
    ],
  ])('%s', (_, value, field, reason) => {
    expect(validated(value)).toMatchObject({ kind: 'rejected', orderId: 'order-1', errors: [{ field, reason }] });
  });

  test.each(['1e2', '1E2', '100e0', '1.5e+1'])('an amount with an exponent: %s', (amount) => {
    const value = encodeTransaction(aMessage()).replace('"149.99"', amount);
    expect(validated(value)).toMatchObject({ errors: [{ field: 'amount', reason: 'amount_not_decimal' }] });
  });

  test('equal keys of different objects are no fault, nor an exponent elsewhere', () => {
    const value = `${canonical},"a":{"x":1e2},"b":{"x":2,"amount":1e2},"c":"\\"c\\":1,\\"c\\":2"}`;
    expect(validated(value).kind).toBe('valid');
  });

  test('a key that jsonb can not hold is named in one that it can', () => {
    const verdict = validated('{"a\\u0000\\ud800":1,"a\\u0000\\ud800":2}');
    expect(verdict).toMatchObject({
      errors: expect.arrayContaining([
        { field: 'a\uFFFD\uFFFD', reason: 'duplicate_json_key', message: expect.any(String) },
      ]),
    });
  });
});

test.each([
  ['a day ahead', nowMs + dayMs, 'valid'],
  ['more than a day ahead', nowMs + dayMs + 1, 'timestamp_too_far_in_future'],
  ['ten years back', nowMs - 3650 * dayMs, 'valid'],
  ['more than ten years back', nowMs - 3650 * dayMs - 1, 'timestamp_too_old'],
])('an event %s, by the clock of the plan', (_, timeMs, expected) => {
  const verdict = validated(encodeTransaction(aMessage({ timestamp: new Date(timeMs).toISOString() })));
  expect(verdict.kind === 'valid' ? 'valid' : verdict.errors[0].reason).toBe(expected);
});

test.each([
  ['a message with every fault', '{}', null],
  ['an order id that is no text', '{"order_id":7}', null],
  ['an order id with a NUL', '{"order_id":"a\\u0000"}', null],
  ['an order id without end', `{"order_id":"${'o'.repeat(500)}"}`, 'o'.repeat(100)],
  ['half a surrogate pair', '{"order_id":"a\\ud800"}', 'a\uFFFD'],
])('%s keeps what can be searched by', (_, value, orderId) => {
  expect(validated(value)).toMatchObject({ kind: 'rejected', orderId });
});

/** Messages near the border of what is valid: each field is mostly good. */
const messages = fc.record({
  order_id: fc.oneof(fc.string({ maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 40 }), fc.uuid()),
  amount: fc.oneof(
    fc.tuple(fc.nat(2_000_000), fc.nat(9999)).map(([units, decimals]) => `${units}.${decimals}`),
    fc.nat(10 ** 9).map(String),
    fc.constantFrom('0', '0.00', '00.1', '.5', '5.', '1e3', '-1', '9'.repeat(16)),
  ),
  currency: fc.constantFrom('USD', 'EUR', 'JPY', 'KWD', 'XXX', 'usd'),
  timestamp: fc.oneof(
    fc.constantFrom(
      '2026-11-22T11:00:00Z',
      '2026-11-22T11:00:00.123456Z',
      '2026-11-22T11:00:00.1234567Z',
      '2026-11-22T11:00:00.123456789+05:30',
      '2026-11-22T11:00:00.123+05:30',
      '2026-11-22T11:00:00+23:59',
      '2026-11-22T11:00:00.5-16:00',
      '2026-11-22t11:00:00z',
      '2026-11-22T11:00:00',
      '2026-02-30T11:00:00Z',
    ),
    fc
      .date({ noInvalidDate: true, min: new Date(nowMs - 4000 * dayMs), max: new Date(nowMs + 2 * dayMs) })
      .map((date) => date.toISOString()),
  ),
  customer_id: fc.oneof(fc.string({ minLength: 1, maxLength: 52 }), fc.uuid()),
  product_category: fc.constantFrom(...productCategories, '', ' ', 'jouets d’été', 'a\tb'),
  country: fc.option(fc.constantFrom('US', 'DE', 'ZZ', ''), { nil: undefined }),
  schema_version: fc.option(fc.constantFrom(1, 2), { nil: undefined }),
});

test('the quick reading of the canonical spelling gives the verdict of the thorough one', () => {
  fc.assert(
    fc.property(messages, (message) => {
      const spelt = encodeTransaction(message);
      // A space more, and the canonical pattern no longer fits.
      expect(validated(spelt)).toEqual(validated(` ${spelt}`));
    }),
    { numRuns: 2000 },
  );
});

test('the verdict on a mutilated message does not depend on the reading either, and is never an exception', () => {
  const mutilated = fc
    .tuple(messages, fc.nat(), fc.nat(255), fc.constantFrom('replace', 'insert', 'remove', 'cut'))
    .map(([message, at, byte, how]) => {
      const bytes = Buffer.from(encodeTransaction(message));
      const place = at % bytes.length;
      const rest = bytes.subarray(how === 'insert' ? place : place + 1);
      if (how === 'cut') return bytes.subarray(0, place);
      return Buffer.concat([bytes.subarray(0, place), how === 'remove' ? Buffer.alloc(0) : Buffer.of(byte), rest]);
    });
  fc.assert(
    fc.property(mutilated, (bytes) => {
      const verdict = validated(bytes);
      expect(verdict).toEqual(validated(Buffer.concat([Buffer.from(' '), bytes])));
    }),
    { numRuns: 2000 },
  );
});

function validated(value: string | Buffer | null): ValidatedRecord {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  const record: RawRecord = { partition: 0, offset: 0, timestampMs: nowMs, key: null, value: bytes };
  return validateRecord(record, rules, nowMs);
}
