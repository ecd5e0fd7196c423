import { encodeTransaction, valueSizeMaxBytes, type RejectReason, type TransactionMessage } from '@pulse/contract';

import { localTimestamp } from './sale.ts';

/** How a good message is spoilt, and the reason it must then be rejected for. */
interface Malformation {
  readonly reason: RejectReason;
  /** The spoilt value; null is a record without one. */
  readonly spoil: (message: TransactionMessage) => string | Buffer | null;
}

const yearMs = 365.25 * 86_400_000;

/**
 * Every way in which the producer can send a bad record. `order_id_conflict` is special: it is a well-formed
 * message under an order id that was sent before, so the caller hands in the earlier one.
 */
export const malformations = {
  null_value: { reason: 'null_value', spoil: () => null },
  empty_value: { reason: 'empty_value', spoil: () => '' },
  too_large: { reason: 'too_large', spoil: (good) => withField(good, { padding: 'x'.repeat(valueSizeMaxBytes) }) },
  invalid_utf8: { reason: 'invalid_utf8', spoil: (good) => withRawByte(encodeTransaction(good), 0xff) },
  nul_byte: { reason: 'nul_byte', spoil: (good) => withRawByte(encodeTransaction(good), 0) },
  nul_escaped: { reason: 'nul_byte', spoil: (good) => withField(good, { product_category: 'toys\0' }) },
  truncated_json: { reason: 'not_json', spoil: (good) => encodeTransaction(good).slice(0, -12) },
  nan_amount: { reason: 'not_json', spoil: (good) => withRawAmount(good, 'NaN') },
  infinite_amount: { reason: 'amount_out_of_range', spoil: (good) => withRawAmount(good, '1e999') },
  exponent_amount: { reason: 'amount_not_decimal', spoil: (good) => withField(good, { amount: '1e2' }) },
  bare_number: { reason: 'not_an_object', spoil: () => '42' },
  array: { reason: 'not_an_object', spoil: (good) => `[${encodeTransaction(good)}]` },
  duplicate_key: { reason: 'duplicate_json_key', spoil: (good) => withRawField(good, '"amount":"1.00"') },
  proto_key: { reason: 'prototype_polluting_key', spoil: (good) => withRawField(good, '"__proto__":{"admin":true}') },
  foreign_object: { reason: 'missing_field', spoil: () => '{"invalid":"message"}' },
  missing_field: { reason: 'missing_field', spoil: (good) => withField(good, { currency: undefined }) },
  wrong_type: { reason: 'wrong_type', spoil: (good) => withField(good, { customer_id: 42 }) },
  empty_id: { reason: 'id_empty', spoil: (good) => withField(good, { order_id: '' }) },
  long_id: { reason: 'id_too_long', spoil: (good) => withField(good, { order_id: good.order_id.padEnd(60, '0') }) },
  control_character: {
    reason: 'invalid_character',
    spoil: (good) => withField(good, { product_category: 'to\u0007ys' }),
  },
  negative_amount: { reason: 'amount_negative', spoil: (good) => withField(good, { amount: `-${good.amount}` }) },
  zero_amount: { reason: 'amount_zero', spoil: (good) => withField(good, { amount: '0' }) },
  fine_amount: { reason: 'amount_too_fine', spoil: (good) => withField(good, { amount: '10.00001' }) },
  huge_amount: { reason: 'amount_out_of_range', spoil: (good) => withField(good, { amount: '9'.repeat(16) }) },
  imprecise_amount: { reason: 'amount_imprecise', spoil: (good) => withRawAmount(good, '9007199254740.9931') },
  unknown_currency: { reason: 'unknown_currency', spoil: (good) => withField(good, { currency: 'XXX' }) },
  unknown_country: { reason: 'unknown_country', spoil: (good) => withField(good, { country: 'ZZ' }) },
  no_offset: {
    reason: 'timestamp_no_offset',
    spoil: (good) => withField(good, { timestamp: good.timestamp.slice(0, 23) }),
  },
  impossible_date: {
    reason: 'timestamp_invalid',
    spoil: (good) => withField(good, { timestamp: `${good.timestamp.slice(0, 4)}-02-30T12:00:00Z` }),
  },
  far_future: {
    reason: 'timestamp_too_far_in_future',
    spoil: (good) => withField(good, { timestamp: moved(good, 10) }),
  },
  long_past: { reason: 'timestamp_too_old', spoil: (good) => withField(good, { timestamp: moved(good, -30) }) },
  future_version: { reason: 'unsupported_schema_version', spoil: (good) => withField(good, { schema_version: 999 }) },
  order_id_conflict: {
    reason: 'order_id_conflict',
    spoil: (earlier) => withField(earlier, { amount: `1${earlier.amount}` }),
  },
} as const satisfies Record<string, Malformation>;

export type MalformedKind = keyof typeof malformations;

export function isMalformedKind(name: string): name is MalformedKind {
  return Object.hasOwn(malformations, name);
}

export const malformedKinds: readonly MalformedKind[] = Object.keys(malformations).filter(isMalformedKind);

function withField(message: TransactionMessage, changes: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...message, ...changes });
}

/** The amount as a bare JSON token. */
function withRawAmount(message: TransactionMessage, token: string): string {
  return encodeTransaction(message).replace(/"amount":"[^"]*"/, `"amount":${token}`);
}

/** One more member at the end, spelt by hand. */
function withRawField(message: TransactionMessage, member: string): string {
  return `${encodeTransaction(message).slice(0, -1)},${member}}`;
}

/** A byte in the middle of the order id that no valid text holds. */
function withRawByte(text: string, byte: number): Buffer {
  const bytes = Buffer.from(text);
  bytes[text.indexOf('":"') + 5] = byte;
  return bytes;
}

function moved(message: TransactionMessage, years: number): string {
  return localTimestamp(Date.parse(message.timestamp) + years * yearMs, 0);
}
