import {
  currencyExponent,
  encodeTransaction,
  productCategories,
  rejectReasons,
  type RejectReason,
  type TransactionMessage,
} from '@pulse/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { RawRecord } from '../kafka/raw-record.ts';
import { transactionStream, type TransactionRecord } from './transactions/transactions.ts';
import { aTransactionRecord } from './transactions/transaction-record-builder.ts';
import { validateRecord, type ValidatedRecord, type ValidationRules } from './validate-record.ts';

const nowMs = Date.parse('2026-11-22T12:00:00Z');
const dayMs = 86_400_000;
const rules: ValidationRules = {
  messageMaxBytes: 65_536,
  eventFutureMaxMs: dayMs,
  eventAgeMaxMs: 3650 * dayMs,
  currencyGraceDays: 30,
};

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

test('a message in canonical spelling becomes a record', () => {
  expect(validated(encodeTransaction(aMessage()))).toEqual({
    kind: 'valid',
    record: aTransactionRecord({
      orderId: 'order-1',
      amount: { minor: 14_999n, exponent: 2 },
      currency: 'USD',
      timestamp: {
        epochMs: Date.parse('2026-11-22T11:00:00Z'),
        microseconds: 0,
        localDate: '2026-11-22',
        localDay: Date.UTC(2026, 10, 22) / dayMs,
      },
      customerId: 'customer-1',
      productCategory: 'toys',
      country: 'US',
    }),
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

describe('errors that JSON.parse lets pass', () => {
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

  test.each([
    ['149.9900000000000001', 'amount_imprecise'],
    ['149.98999999999998', 'amount_imprecise'],
    ['12345678901234.56', 'amount_imprecise'],
    ['1e400', 'amount_out_of_range'],
    ['1e-400', 'amount_too_fine'],
    ['1.5E-3', 'amount_too_fine'],
    ['-0', 'amount_zero'],
    ['-1e400', 'amount_negative'],
  ])('digits of a number that its double does not show: %s', (amount, reason) => {
    expect(validated(`${canonical.replace('"149.99"', amount)}}`)).toMatchObject({
      errors: [{ field: 'amount', reason }],
    });
    expect(validated(`${canonical.replace('"amount":"149.99"', `"am\\u006funt" : ${amount}`)}}`)).toMatchObject({
      errors: [{ field: 'amount', reason }],
    });
  });

  test('digits of a version that its double does not show', () => {
    expect(validated(`${canonical},"schema_version":1.0000000000000000001}`)).toMatchObject({
      errors: [{ field: 'schema_version', reason: 'unsupported_schema_version' }],
    });
    expect(validated(`${canonical},"schema_version":1.0e0}`).kind).toBe('valid');
  });

  test.each([
    ['{"amount":1,"amount":2', 'the last one is a number'],
    ['{"amount":1,"amount":"2"', 'the first one is a number'],
    ['{"am\\u006funt":1e2,"amount":100', 'they are equal'],
  ])('of two amounts none is taken: %s', (start) => {
    const result = validated(canonical.replace('{', `${start},`).replace(',"amount":"149.99"', '') + '}');
    expect(result).toMatchObject({ kind: 'rejected', errors: [{ field: 'amount', reason: 'duplicate_json_key' }] });
  });

  test('equal keys of different objects are no error, nor an exponent elsewhere', () => {
    const value = `${canonical},"a":{"x":1e2},"b":{"x":2,"amount":1e2},"c":"\\"c\\":1,\\"c\\":2"}`;
    expect(validated(value).kind).toBe('valid');
  });

  test('a key that jsonb can not hold is named in one that it can', () => {
    const result = validated('{"a\\u0000\\ud800":1,"a\\u0000\\ud800":2}');
    expect(result).toMatchObject({
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
  const result = validated(encodeTransaction(aMessage({ timestamp: new Date(timeMs).toISOString() })));
  expect(result.kind === 'valid' ? 'valid' : result.errors[0].reason).toBe(expected);
});

test.each([
  ['HRK', '2022-06-15T12:00:00Z', 'valid'],
  ['HRK', '2023-01-14T23:59:59+01:00', 'valid'],
  ['HRK', '2023-02-13T23:59:59+01:00', 'valid'],
  // Midnight in Zagreb, an hour before that of UTC.
  ['HRK', '2023-02-14T00:00:00+01:00', 'HRK was legal tender from 1994-05-30 to 2023-01-14'],
  ['BGN', '2026-11-22T11:00:00Z', 'BGN was legal tender from 1999-07-05 to 2026-01-31'],
  ['SLE', '2022-06-30T12:00:00Z', 'SLE is legal tender from 2022-07-01'],
  ['EUR', '2026-11-22T11:00:00Z', 'valid'],
])('a sale in %s at %s: %s', (currency, timestamp, expected) => {
  const spelt = encodeTransaction(aMessage({ currency, timestamp }));
  for (const value of [spelt, ` ${spelt}`]) {
    const result = validated(value);
    const message = `${rejectReasons.currency_not_in_force} (${expected})`;
    expect(result.kind === 'valid' ? 'valid' : result.errors).toEqual(
      expected === 'valid' ? 'valid' : [{ field: 'currency', reason: 'currency_not_in_force', message }],
    );
  }
});

test.each([
  ['a message with every error', '{}', null],
  ['an order id that is no text', '{"order_id":7}', null],
  ['an order id with a NUL', '{"order_id":"a\\u0000"}', null],
  ['an order id without end', `{"order_id":"${'o'.repeat(500)}"}`, 'o'.repeat(100)],
  ['half a surrogate pair', '{"order_id":"a\\ud800"}', 'a\uFFFD'],
])('%s keeps what can be searched by', (_, value, orderId) => {
  expect(validated(value)).toMatchObject({ kind: 'rejected', orderId });
});

test.each([
  ['1e2', 'USD', 10_000n],
  ['1E2', 'USD', 10_000n],
  ['100e0', 'USD', 10_000n],
  ['1.5E7', 'USD', 1_500_000_000n],
  ['1.5E7', 'JPY', 15_000_000n],
  ['150.00', 'JPY', 150n],
  ['149.9000', 'USD', 14_990n],
  ['14999e-2', 'USD', 14_999n],
  ['1.2345e+1', 'KWD', 12_345n],
] as const)('the number %s is so many minor units of %s: %i', (amount, currency, minor) => {
  const value = encodeTransaction(aMessage({ currency })).replace('"149.99"', amount);
  expect(validated(value)).toMatchObject({ kind: 'valid', record: { amount: { minor } } });
});

test('a number is loaded exactly as its text spells it, or not at all', () => {
  const numbers = fc.oneof(
    fc.stringMatching(/^(0|[1-9][0-9]{0,16})(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,2})?$/),
    fc.double({ min: 0, max: 1e16, noNaN: true }).map(String),
  );
  fc.assert(
    fc.property(numbers, fc.constantFrom('USD', 'JPY', 'KWD', 'CLF'), (number, currency) => {
      const result = validated(encodeTransaction(aMessage({ currency })).replace('"149.99"', number));
      fc.pre(result.kind === 'valid');
      const [mantissa = '', exponent = '0'] = number.toLowerCase().split('e');
      const [whole = '', fraction = ''] = mantissa.split('.');
      // Both sides × 10^150.
      const sent = BigInt(whole + fraction) * 10n ** BigInt(150 + Number(exponent) - fraction.length);
      const decimals = currencyExponent(currency) ?? 0;
      expect(result.record.amount.minor * 10n ** BigInt(150 - decimals)).toBe(sent);
    }),
    { numRuns: 5000 },
  );
});

/** Fields near the border of what is valid, mostly good. */
const knownFields = fc.record({
  order_id: fc.oneof(fc.string({ maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 40 }), fc.uuid()),
  amount: fc.oneof(
    fc.tuple(fc.nat(2_000_000), fc.nat(9999)).map(([units, decimals]) => `${units}.${decimals}`),
    fc.nat(10 ** 9).map(String),
    fc.constantFrom('0', '0.00', '00.1', '.5', '5.', '1e3', '-1', '9'.repeat(16)),
  ),
  currency: fc.constantFrom('USD', 'EUR', 'JPY', 'KWD', 'XXX', 'usd', 'HRK', 'SLE'),
  timestamp: fc.oneof(
    fc.constantFrom(
      '2026-11-22T11:00:00Z',
      '2026-11-22T11:00:00.123456Z',
      '2026-11-22T11:00:00.1234567Z',
      '2026-11-22T11:00:00.123456789+05:30',
      '2026-11-22T11:00:00.1234567891Z',
      '2026-11-22T11:00:60Z',
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

/** The other fields of the list are optional texts. */
const otherFields = fc.record(
  Object.fromEntries(
    Object.values(transactionStream.fields).map(({ name }) => [
      name,
      fc.option(fc.oneof(fc.string({ maxLength: 60 }), fc.uuid()), { nil: undefined }),
    ]),
  ),
);

const messages = fc.tuple(otherFields, knownFields).map(([others, known]) => ({ ...others, ...known }));

test('the quick reading of the canonical spelling gives the result of the thorough one', () => {
  fc.assert(
    fc.property(messages, (message) => {
      const spelt = encodeTransaction(message);
      // A space more, and the canonical pattern no longer fits.
      expect(validated(spelt)).toEqual(validated(` ${spelt}`));
    }),
    { numRuns: 2000 },
  );
});

test('the result of a mutilated message does not depend on the reading either, and is never an exception', () => {
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
      const result = validated(bytes);
      expect(result).toEqual(validated(Buffer.concat([Buffer.from(' '), bytes])));
    }),
    { numRuns: 2000 },
  );
});

function validated(value: string | Buffer | null): ValidatedRecord<TransactionRecord> {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  const record: RawRecord = { partition: 0, offset: 0, timestampMs: nowMs, key: null, value: bytes };
  return validateRecord(transactionStream, record, rules, nowMs);
}
