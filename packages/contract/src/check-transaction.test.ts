import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { checkTransaction } from './check-transaction.ts';
import { encodeTransaction } from './encode-transaction.ts';
import { JsonNumber } from './json-number.ts';
import { rejectReasons, type RejectReason } from './reject-reason.ts';

function aMessage(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    order_id: '0193546e-4f2a-7c31-9d1e-3b5f6a7c8d9e',
    amount: '149.99',
    currency: 'USD',
    timestamp: '2026-11-22T10:15:30.123Z',
    customer_id: 'cust-000123',
    product_category: 'electronics',
    ...changes,
  };
}

function reasonsOf(value: unknown): [string, RejectReason][] {
  const checked = checkTransaction(value);
  return checked.kind === 'valid' ? [] : checked.errors.map(({ field, reason }) => [field, reason]);
}

describe('each error of a field has its reason', () => {
  test.each<[string, unknown, RejectReason]>([
    ['order_id', undefined, 'missing_field'],
    ['order_id', 42, 'wrong_type'],
    ['order_id', null, 'wrong_type'],
    ['order_id', '', 'id_empty'],
    ['order_id', ' \t', 'id_empty'],
    ['order_id', 'x'.repeat(37), 'id_too_long'],
    ['order_id', 'a\u0000b', 'nul_byte'],
    ['order_id', 'a\u0007b', 'invalid_character'],
    ['order_id', 'a\ud800b', 'invalid_character'],
    ['customer_id', 'x'.repeat(51), 'id_too_long'],
    ['product_category', '', 'id_empty'],
    ['amount', undefined, 'missing_field'],
    ['amount', null, 'wrong_type'],
    ['amount', true, 'wrong_type'],
    ['amount', '-5.00', 'amount_negative'],
    ['amount', -5, 'amount_negative'],
    ['amount', -1e-9, 'amount_negative'],
    ['amount', '0.00', 'amount_zero'],
    ['amount', 0, 'amount_zero'],
    ['amount', '1.001', 'amount_too_fine'],
    ['amount', 1.001, 'amount_too_fine'],
    ['amount', 1e-7, 'amount_too_fine'],
    ['amount', '1e3', 'amount_not_decimal'],
    ['amount', 'NaN', 'amount_not_decimal'],
    ['amount', Number.POSITIVE_INFINITY, 'amount_not_decimal'],
    ['amount', '1000000000000000', 'amount_out_of_range'],
    ['amount', 1e15, 'amount_out_of_range'],
    ['amount', 1e300, 'amount_out_of_range'],
    ['amount', 12345678901234.56, 'amount_imprecise'],
    ['currency', undefined, 'missing_field'],
    ['currency', 'usd', 'unknown_currency'],
    ['currency', 'XAU', 'unknown_currency'],
    ['currency', 840, 'wrong_type'],
    ['country', 'UK', 'unknown_country'],
    ['country', null, 'wrong_type'],
    ['timestamp', '2026-11-22T10:15:30', 'timestamp_no_offset'],
    ['timestamp', '2026-02-30T10:15:30Z', 'timestamp_invalid'],
    ['timestamp', 1_767_225_600, 'wrong_type'],
    ['schema_version', 2, 'unsupported_schema_version'],
    ['schema_version', 1.5, 'unsupported_schema_version'],
    ['schema_version', '1', 'wrong_type'],
    ['amount', new JsonNumber('149.9900000000000001'), 'amount_imprecise'],
    ['amount', new JsonNumber('149.98999999999998'), 'amount_imprecise'],
    ['amount', new JsonNumber('1e400'), 'amount_out_of_range'],
    ['amount', new JsonNumber('1e-400'), 'amount_too_fine'],
    ['amount', new JsonNumber('-0'), 'amount_zero'],
    ['schema_version', new JsonNumber('1.0000000000000000001'), 'unsupported_schema_version'],
    ['schema_version', new JsonNumber('1e400'), 'unsupported_schema_version'],
    ['customer_id', new JsonNumber('7'), 'wrong_type'],
    ['timestamp', '2016-12-31T23:59:60Z', 'timestamp_leap_second'],
  ])('%s: %j', (field, value, reason) => {
    expect(reasonsOf(aMessage({ [field]: value }))).toContainEqual([field, reason]);
  });
});

test.each([[42], ['text'], [null], [[]], [undefined]])('%j is not an object', (value) => {
  expect(reasonsOf(value)).toEqual([['', 'not_an_object']]);
});

test.each([
  ['country', 'UK', 'unknown_country', 'the United Kingdom is GB'],
  ['country', 'EL', 'unknown_country', 'Greece is GR'],
  ['country', 'XI', 'unknown_country', 'Northern Ireland is GB'],
  ['country', 'us', 'unknown_country', 'send US'],
  ['currency', 'usd', 'unknown_currency', 'send USD'],
  ['currency', 'RMB', 'unknown_currency', 'the renminbi is CNY'],
  ['currency', 'XAU', 'unknown_currency', 'it has no minor units'],
] as const)('the reason names what to send: %s %s', (field, value, reason, advice) => {
  expect(checkTransaction(aMessage({ [field]: value }))).toEqual({
    kind: 'rejected',
    errors: [{ field, reason, message: `${rejectReasons[reason]} (${advice})` }],
  });
});

test('every error of every field is named at once', () => {
  const value = aMessage({
    order_id: '',
    amount: '1.001',
    timestamp: 'yesterday',
    country: 'UK',
    customer_id: undefined,
  });
  expect(reasonsOf(value)).toEqual([
    ['order_id', 'id_empty'],
    ['timestamp', 'timestamp_invalid'],
    ['customer_id', 'missing_field'],
    ['country', 'unknown_country'],
    ['amount', 'amount_too_fine'],
  ]);
});

test('an error has the description of its reason', () => {
  expect(checkTransaction(aMessage({ currency: 'ABC' }))).toEqual({
    kind: 'rejected',
    errors: [{ field: 'currency', reason: 'unknown_currency', message: rejectReasons.unknown_currency }],
  });
});

test.each([
  [149.9, '149.9'],
  [1e7, '10000000'],
  [new JsonNumber('149.90'), '149.9'],
  [new JsonNumber('1.5E7'), '15000000'],
  [new JsonNumber('14999e-2'), '149.99'],
])('the number %j becomes a plain decimal', (amount, text) => {
  expect(checkTransaction(aMessage({ amount }))).toMatchObject({ kind: 'valid', message: { amount: text } });
});

test.each(['1', '1.0', '1e0', '10E-1'])('the value of the version counts, not its spelling: %s', (text) => {
  const checked = checkTransaction(aMessage({ schema_version: new JsonNumber(text) }));
  expect(checked).toMatchObject({ kind: 'valid', message: { schema_version: 1 } });
});

test('unknown fields are dropped', () => {
  expect(checkTransaction(aMessage({ channel: 'web' }))).toEqual({ kind: 'valid', message: aMessage() });
});

test('any JSON value is checked without an exception', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(checkTransaction(value).kind).toBe('rejected');
    }),
  );
});

test('a valid message does not change by its canonical spelling', () => {
  const characters = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(
      characters,
      characters,
      fc.option(fc.constantFrom('DE', 'JP'), { nil: undefined }),
      (order, customer, country) => {
        const checked = checkTransaction(aMessage({ order_id: order, customer_id: customer, country }));
        fc.pre(checked.kind === 'valid');
        expect(checkTransaction(JSON.parse(encodeTransaction(checked.message)))).toEqual({
          kind: 'valid',
          message: JSON.parse(JSON.stringify(checked.message)),
        });
      },
    ),
  );
});

test('the canonical spelling has a fixed order and leaves out absent fields', () => {
  const checked = checkTransaction(aMessage({ country: 'US' }));
  expect(checked.kind === 'valid' && encodeTransaction(checked.message)).toBe(
    '{"order_id":"0193546e-4f2a-7c31-9d1e-3b5f6a7c8d9e","amount":"149.99","currency":"USD",' +
      '"timestamp":"2026-11-22T10:15:30.123Z","customer_id":"cust-000123","product_category":"electronics","country":"US"}',
  );
});
