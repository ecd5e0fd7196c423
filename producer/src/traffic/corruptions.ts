import { encodeTransaction, valueSizeMaxBytes, type RejectReason, type TransactionMessage } from '@pulse/contract';

import { localTimestamp } from './transaction.ts';

/** How a valid message is corrupted, and the reason for which it must be rejected then. */
interface Corruption {
  readonly reason: RejectReason;
  /** The corrupted value; null for a record without a value. */
  readonly corrupt: (message: TransactionMessage) => string | Buffer | null;
}

const yearMs = 365.25 * 86_400_000;

/**
 * All kinds of malformed messages. `order_id_conflict` is well-formed, but has the order id of an earlier message: the caller
 * passes that message in.
 */
export const corruptions = {
  null_value: { reason: 'null_value', corrupt: () => null },
  empty_value: { reason: 'empty_value', corrupt: () => '' },
  too_large: {
    reason: 'too_large',
    corrupt: (message) => withField(message, { padding: 'x'.repeat(valueSizeMaxBytes) }),
  },
  invalid_utf8: { reason: 'invalid_utf8', corrupt: (message) => withRawByte(encodeTransaction(message), 0xff) },
  nul_byte: { reason: 'nul_byte', corrupt: (message) => withRawByte(encodeTransaction(message), 0) },
  nul_escaped: { reason: 'nul_byte', corrupt: (message) => withField(message, { product_category: 'toys\0' }) },
  truncated_json: { reason: 'not_json', corrupt: (message) => encodeTransaction(message).slice(0, -12) },
  nan_amount: { reason: 'not_json', corrupt: (message) => withRawAmount(message, 'NaN') },
  infinite_amount: { reason: 'amount_out_of_range', corrupt: (message) => withRawAmount(message, '1e999') },
  exponent_amount: { reason: 'amount_not_decimal', corrupt: (message) => withField(message, { amount: '1e2' }) },
  bare_number: { reason: 'not_an_object', corrupt: () => '42' },
  array: { reason: 'not_an_object', corrupt: (message) => `[${encodeTransaction(message)}]` },
  duplicate_key: { reason: 'duplicate_json_key', corrupt: (message) => withRawField(message, '"amount":"1.00"') },
  proto_key: {
    reason: 'prototype_polluting_key',
    corrupt: (message) => withRawField(message, '"__proto__":{"admin":true}'),
  },
  foreign_object: { reason: 'missing_field', corrupt: () => '{"invalid":"message"}' },
  missing_field: { reason: 'missing_field', corrupt: (message) => withField(message, { currency: undefined }) },
  wrong_type: { reason: 'wrong_type', corrupt: (message) => withField(message, { customer_id: 42 }) },
  empty_id: { reason: 'id_empty', corrupt: (message) => withField(message, { order_id: '' }) },
  long_id: {
    reason: 'id_too_long',
    corrupt: (message) => withField(message, { order_id: message.order_id.padEnd(60, '0') }),
  },
  control_character: {
    reason: 'invalid_character',
    corrupt: (message) => withField(message, { product_category: 'to\u0007ys' }),
  },
  negative_amount: {
    reason: 'amount_negative',
    corrupt: (message) => withField(message, { amount: `-${message.amount}` }),
  },
  zero_amount: { reason: 'amount_zero', corrupt: (message) => withField(message, { amount: '0' }) },
  fine_amount: { reason: 'amount_too_fine', corrupt: (message) => withField(message, { amount: '10.00001' }) },
  huge_amount: { reason: 'amount_out_of_range', corrupt: (message) => withField(message, { amount: '9'.repeat(16) }) },
  imprecise_amount: { reason: 'amount_imprecise', corrupt: (message) => withRawAmount(message, '9007199254740.9931') },
  unknown_currency: { reason: 'unknown_currency', corrupt: (message) => withField(message, { currency: 'XXX' }) },
  unknown_country: { reason: 'unknown_country', corrupt: (message) => withField(message, { country: 'ZZ' }) },
  no_offset: {
    reason: 'timestamp_no_offset',
    corrupt: (message) => withField(message, { timestamp: message.timestamp.slice(0, 23) }),
  },
  impossible_date: {
    reason: 'timestamp_invalid',
    corrupt: (message) => withField(message, { timestamp: `${message.timestamp.slice(0, 4)}-02-30T12:00:00Z` }),
  },
  far_future: {
    reason: 'timestamp_too_far_in_future',
    corrupt: (message) => withField(message, { timestamp: shifted(message, 10) }),
  },
  long_past: {
    reason: 'timestamp_too_old',
    corrupt: (message) => withField(message, { timestamp: shifted(message, -30) }),
  },
  future_version: {
    reason: 'unsupported_schema_version',
    corrupt: (message) => withField(message, { schema_version: 999 }),
  },
  order_id_conflict: {
    reason: 'order_id_conflict',
    corrupt: (message) => withField(message, { amount: `1${message.amount}` }),
  },
} as const satisfies Record<string, Corruption>;

export type MalformedKind = keyof typeof corruptions;

export function isMalformedKind(name: string): name is MalformedKind {
  return Object.hasOwn(corruptions, name);
}

export const malformedKinds: readonly MalformedKind[] = Object.keys(corruptions).filter(isMalformedKind);

function withField(message: TransactionMessage, changes: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...message, ...changes });
}

/** The amount as a bare JSON token. */
function withRawAmount(message: TransactionMessage, token: string): string {
  return encodeTransaction(message).replace(/"amount":"[^"]*"/, `"amount":${token}`);
}

/** One more member at the end, as raw JSON. */
function withRawField(message: TransactionMessage, member: string): string {
  return `${encodeTransaction(message).slice(0, -1)},${member}}`;
}

/** A byte in the middle of the order id that no valid text holds. */
function withRawByte(text: string, byte: number): Buffer {
  const bytes = Buffer.from(text);
  bytes[text.indexOf('":"') + 5] = byte;
  return bytes;
}

function shifted(message: TransactionMessage, years: number): string {
  return localTimestamp(Date.parse(message.timestamp) + years * yearMs, 0);
}
