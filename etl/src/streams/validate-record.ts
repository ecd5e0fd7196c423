import {
  checkMessage,
  currencyOf,
  isInForce,
  rejectReasons,
  type FieldError,
  type Instant,
  type RejectReason,
} from '@pulse/contract';

import type { RawRecord } from '../kafka/raw-record.ts';
import { parseObject } from './parse-object.ts';
import type { StreamReader } from './stream.ts';

/** What a message must fulfil beyond the contract. */
export interface ValidationRules {
  readonly messageMaxBytes: number;
  readonly eventFutureMaxMs: number;
  readonly eventAgeMaxMs: number;
  /** How long a currency is taken after it was legal tender. */
  readonly currencyGraceDays: number;
}

/** What of a record the rules look at. */
interface TimedMoney {
  readonly orderId: string;
  readonly timestamp: Instant;
  readonly currency: string;
}

export type ValidatedRecord<Values> = { readonly kind: 'valid'; readonly record: Values } | Rejected;

interface Rejected {
  readonly kind: 'rejected';
  readonly orderId: string | null;
  readonly errors: readonly [FieldError, ...FieldError[]];
}

/**
 * Evaluates one record. Pure: `nowMs`, the time when the batch was planned, is passed in.
 * A message in canonical spelling is read by its shape; any other one, and any with an error, by the JSON parser and the
 * contract's schema. Both give the same results.
 */
export function validateRecord<Values extends TimedMoney>(
  reader: StreamReader<Values>,
  { value }: RawRecord,
  rules: ValidationRules,
  nowMs: number,
): ValidatedRecord<Values> {
  if (value === null) return rejected('null_value');
  if (value.length > rules.messageMaxBytes) return rejected('too_large');
  const texts = reader.readCanonical(value);
  const record = texts === null ? undefined : reader.readRecord(texts);
  if (record !== undefined && isTender(record, rules)) {
    return errorOfTime(record, rules, nowMs) ?? { kind: 'valid', record };
  }
  return validateThoroughly(reader, value, rules, nowMs);
}

function validateThoroughly<Values extends TimedMoney>(
  { messageSchema, numberNames, textsOf, readRecord }: StreamReader<Values>,
  value: Buffer,
  rules: ValidationRules,
  nowMs: number,
): ValidatedRecord<Values> {
  const parsed = parseObject(value, numberNames);
  if (parsed.kind === 'unreadable') return rejected(parsed.reason);
  const orderId = orderIdOf(parsed.value);
  const checked = checkMessage(messageSchema, parsed.value);
  const [first, ...others] = fewErrors([...parsed.errors, ...(checked.kind === 'rejected' ? checked.errors : [])]);
  if (first !== undefined) return { kind: 'rejected', orderId, errors: [first, ...others] };
  if (checked.kind === 'rejected') throw new Error('a rejected message has no error');
  const record = readRecord(textsOf(checked.message));
  if (record === undefined) throw new Error('the contract accepted a message that can not be read');
  return errorOfTime(record, rules, nowMs) ?? errorOfCurrency(record, rules) ?? { kind: 'valid', record };
}

function isTender({ currency, timestamp }: TimedMoney, { currencyGraceDays }: ValidationRules): boolean {
  const known = currencyOf(currency);
  return known !== undefined && isInForce(known, timestamp.localDay, currencyGraceDays);
}

function errorOfCurrency(record: TimedMoney, rules: ValidationRules): Rejected | undefined {
  const currency = currencyOf(record.currency);
  if (currency === undefined || isTender(record, rules)) return undefined;
  const { code, from, to } = currency;
  const start = from === null ? '' : ` from ${from}`;
  const detail = to === null ? `${code} is legal tender${start}` : `${code} was legal tender${start} to ${to}`;
  return rejected('currency_not_in_force', 'currency', record.orderId, detail);
}

function errorOfTime(
  { timestamp, orderId }: TimedMoney,
  { eventFutureMaxMs, eventAgeMaxMs }: ValidationRules,
  nowMs: number,
): Rejected | undefined {
  const aheadMs = timestamp.epochMs - nowMs;
  if (aheadMs > eventFutureMaxMs) return rejected('timestamp_too_far_in_future', 'timestamp', orderId);
  if (-aheadMs > eventAgeMaxMs) return rejected('timestamp_too_old', 'timestamp', orderId);
  return undefined;
}

function rejected(reason: RejectReason, field = '', orderId: string | null = null, detail?: string): Rejected {
  const message = detail === undefined ? rejectReasons[reason] : `${rejectReasons[reason]} (${detail})`;
  return { kind: 'rejected', orderId, errors: [{ field, reason, message }] };
}

/** Kept of one message: a hostile one has as many errors as bytes. */
const errorsMax = 50;
const fieldLengthMax = 100;

/** Each error of each field once, and not more of them than somebody reads. */
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
