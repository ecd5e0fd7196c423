import {
  checkTransaction,
  currencyOf,
  isInForce,
  parseAmountMinor,
  parseTimestamp,
  rejectReasons,
  type FieldError,
  type RejectReason,
  type TransactionMessage,
} from '@pulse/contract';

import type { RawRecord } from '../../kafka/raw-record.ts';
import { readCanonical } from './canonical-message.ts';
import { parseObject } from './parse-object.ts';

/** What a message is judged by, beyond the contract. */
export interface ValidationRules {
  readonly messageMaxBytes: number;
  readonly eventFutureMaxMs: number;
  readonly eventAgeMaxMs: number;
  /** How long a currency is taken after it was legal tender. */
  readonly currencyGraceDays: number;
}

/** The fields of a valid message, parsed. */
export interface SaleFields {
  readonly orderId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** Milliseconds since 1970-01-01T00:00:00Z, and 0 to 999 microseconds more. */
  readonly timestampMs: number;
  readonly microseconds: number;
  /** At the message's own offset: YYYY-MM-DD, and in days since 1970. */
  readonly localDate: string;
  readonly localDay: number;
  readonly customerId: string;
  readonly productCategory: string;
  /** Empty where the message names none. */
  readonly country: string;
}

export type ValidatedRecord =
  | { readonly kind: 'valid'; readonly sale: SaleFields }
  | {
      readonly kind: 'rejected';
      readonly orderId: string | null;
      readonly errors: readonly [FieldError, ...FieldError[]];
    };

/**
 * Judges one record. Pure: `nowMs`, the time when the batch was planned, is handed in.
 * A message in canonical spelling is read by its shape; any other one, and any with a fault, by the JSON parser and the
 * contract's schema. Both give the same verdicts.
 */
export function validateRecord(record: RawRecord, rules: ValidationRules, nowMs: number): ValidatedRecord {
  const { value } = record;
  if (value === null) return rejected('null_value');
  if (value.length > rules.messageMaxBytes) return rejected('too_large');
  const sale = readCanonical(value, rules.currencyGraceDays);
  if (sale !== undefined) return judgedByClock(sale, rules, nowMs);

  const parsed = parseObject(value);
  if (parsed.kind === 'unreadable') return rejected(parsed.reason);
  const checked = checkTransaction(parsed.value);
  const errors = fewErrors([...parsed.errors, ...(checked.kind === 'rejected' ? checked.errors : [])]);
  const [first, ...others] = errors;
  if (first !== undefined) return { kind: 'rejected', orderId: orderIdOf(parsed.value), errors: [first, ...others] };
  if (checked.kind === 'rejected') throw new Error('a rejected message has no error');
  const fields = saleFields(checked.message);
  const verdict = judgedByClock(fields, rules, nowMs);
  return verdict.kind === 'valid' ? judgedByCurrency(fields, rules) : verdict;
}

/** What `readCanonical` judges on the way. */
function judgedByCurrency(sale: SaleFields, { currencyGraceDays }: ValidationRules): ValidatedRecord {
  const currency = currencyOf(sale.currency);
  if (currency === undefined || isInForce(currency, sale.localDay, currencyGraceDays)) return { kind: 'valid', sale };
  const { code, from, to } = currency;
  const start = from === null ? '' : ` from ${from}`;
  const detail = to === null ? `${code} is legal tender${start}` : `${code} was legal tender${start} to ${to}`;
  return rejected('currency_not_in_force', 'currency', sale.orderId, detail);
}

function judgedByClock(sale: SaleFields, rules: ValidationRules, nowMs: number): ValidatedRecord {
  const aheadMs = sale.timestampMs - nowMs;
  if (aheadMs > rules.eventFutureMaxMs) return rejected('timestamp_too_far_in_future', 'timestamp', sale.orderId);
  if (-aheadMs > rules.eventAgeMaxMs) return rejected('timestamp_too_old', 'timestamp', sale.orderId);
  return { kind: 'valid', sale };
}

function rejected(reason: RejectReason, field = '', orderId: string | null = null, detail?: string): ValidatedRecord {
  const message = detail === undefined ? rejectReasons[reason] : `${rejectReasons[reason]} (${detail})`;
  return { kind: 'rejected', orderId, errors: [{ field, reason, message }] };
}

/** Kept of one message: a hostile one has as many faults as bytes. */
const errorsMax = 50;
const fieldLengthMax = 100;

/** Each fault of each field once, and not more of them than somebody reads. */
function fewErrors(errors: readonly FieldError[]): FieldError[] {
  const few = new Map<string, FieldError>();
  for (const error of errors) {
    const field = error.field.slice(0, fieldLengthMax).toWellFormed();
    const key = `${error.reason} ${field}`;
    if (!few.has(key)) few.set(key, { ...error, field });
    if (few.size === errorsMax) break;
  }
  return [...few.values()];
}

/** Longest order id that is kept of a rejected message: enough to search by, and never a burden. */
const orderIdShownMax = 100;

function orderIdOf(value: Readonly<Record<string, unknown>>): string | null {
  const orderId = value['order_id'];
  if (typeof orderId !== 'string' || orderId.includes('\0')) return null;
  return orderId.slice(0, orderIdShownMax).toWellFormed();
}

function saleFields(message: TransactionMessage): SaleFields {
  const currency = currencyOf(message.currency);
  const instant = parseTimestamp(message.timestamp);
  const amountMinor =
    currency === undefined ? 'amount_not_decimal' : parseAmountMinor(message.amount, currency.exponent);
  if (typeof instant === 'string' || typeof amountMinor === 'string') {
    throw new Error('the contract accepted a message whose amount or timestamp can not be read');
  }
  return {
    orderId: message.order_id,
    amountMinor,
    currency: message.currency,
    timestampMs: instant.epochMs,
    microseconds: instant.microseconds,
    localDate: instant.localDate,
    localDay: instant.localDay,
    customerId: message.customer_id,
    productCategory: message.product_category,
    country: message.country ?? '',
  };
}
