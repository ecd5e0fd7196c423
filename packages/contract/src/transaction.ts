import * as z from 'zod';

import { countryAdvice } from './country-advice.ts';
import { countryCodes, isCountry } from './country.ts';
import { currencyAdvice } from './currency-advice.ts';
import { currencyCodes, currencyExponent } from './currency.ts';
import { JsonNumber, plainDecimal } from './json-number.ts';
import { amountReason, parseAmountMinor } from './money.ts';
import { rejectReasons, type RejectReason } from './reject-reason.ts';
import { parseTimestamp } from './timestamp.ts';

/** Versions of the message that are read. A message without `schema_version` is version 1. */
export const schemaVersions: readonly number[] = [1];

/** How many characters a text may have, by the field's name. */
export const textLengthMax = { order_id: 36, customer_id: 50, product_category: 50 } as const;

/**
 * One transaction as it travels through the topic `transactions`, its fields in the order of the canonical spelling. Unknown
 * fields are dropped, not refused. Each custom issue carries its reason code in `params.reason` and its message; `checkMessage`
 * maps the rest.
 */
export const transactionMessage = z
  .object({
    order_id: identifier(textLengthMax.order_id).meta({
      description: 'Identifies the sale. Any text; UUIDv7 is recommended.',
    }),
    amount: amount(),
    currency: oneOf(
      currencyCodes,
      (code) => currencyExponent(code) !== undefined,
      'unknown_currency',
      currencyAdvice,
    ).meta({
      description: 'ISO 4217 code of a currency that was legal tender on the day of the sale.',
    }),
    timestamp: z
      .string()
      .superRefine((text, context) => {
        const parsed = parseTimestamp(text);
        if (typeof parsed === 'string') addIssue(context, parsed);
      })
      .meta({ format: 'date-time', description: 'When the sale took place: RFC 3339 with an offset.' }),
    customer_id: identifier(textLengthMax.customer_id).meta({ description: 'Who bought. Also the key of the record.' }),
    product_category: identifier(textLengthMax.product_category).meta({
      description: 'What kind of product. Open text.',
    }),
    country: oneOf(countryCodes, isCountry, 'unknown_country', countryAdvice).optional().meta({
      description: 'Where the sale took place: ISO 3166-1 alpha-2, or XK for Kosovo. Absent means US.',
    }),
    schema_version: schemaVersion().optional(),
  })
  .superRefine(
    ({ amount: text, currency }, context) => {
      const exponent = currencyExponent(currency);
      if (exponent === undefined) return;
      if (parseAmountMinor(text, exponent) === 'amount_too_fine') addIssue(context, 'amount_too_fine', ['amount']);
    },
    {
      when: ({ issues }) =>
        !issues.some(({ path = [] }) => !path.length || path[0] === 'amount' || path[0] === 'currency'),
    },
  )
  .meta({ title: 'Transaction', description: 'One sale, the value of a record in the topic transactions.' });

/** A valid message. `amount` is always a string: a JSON number becomes a plain decimal. */
export type TransactionMessage = z.output<typeof transactionMessage>;

function identifier(lengthMax: number): z.ZodString {
  return z
    .string()
    .superRefine((text, context) => {
      for (const reason of textErrors(text, lengthMax)) addIssue(context, reason);
    })
    .meta({ minLength: 1, maxLength: lengthMax });
}

function oneOf(
  codes: readonly string[],
  isKnown: (code: string) => boolean,
  reason: RejectReason,
  adviceOn: (code: string) => string | undefined,
): z.ZodString {
  return z
    .string()
    .superRefine((code, context) => {
      if (!isKnown(code)) addIssue(context, reason, [], adviceOn(code));
    })
    .meta({ enum: [...codes] });
}

function amount() {
  const written = z
    .union([
      z.string().meta({ pattern: String.raw`^(0|[1-9][0-9]{0,14})(\.[0-9]+)?$` }),
      z.number().meta({ exclusiveMinimum: 0, exclusiveMaximum: 1e15 }),
    ])
    .transform((value, context) => {
      const text = String(value);
      const reason = amountReason(text);
      if (reason !== undefined) addIssue(context, reason);
      return text;
    });
  // Nothing may follow the preprocessing: otherwise zod's JSON Schema does not list the field as required.
  return z
    .preprocess((value, context) => {
      const number = numberText(value);
      if (number === undefined) return value;
      const decimal = plainDecimal(number);
      if (decimal.kind === 'plain') return decimal.text;
      addIssue(context, decimal.reason);
      return z.NEVER;
    }, written)
    .meta({
      description:
        'A decimal string such as "149.99", with at most the decimals of the currency. A JSON number in any spelling (150, 150.00, ' +
        '1.5E2) is accepted too, up to 15 significant digits, because a double may change more: send those as a string.',
    });
}

function schemaVersion() {
  return z
    .preprocess(
      (value, context) => {
        if (!(value instanceof JsonNumber)) return value;
        const decimal = plainDecimal(value.text);
        const version = schemaVersions.find((known) => decimal.kind === 'plain' && decimal.text === String(known));
        if (version === undefined) addIssue(context, 'unsupported_schema_version');
        return version;
      },
      z.number().superRefine((version, context) => {
        if (!schemaVersions.includes(version)) addIssue(context, 'unsupported_schema_version');
      }),
    )
    .meta({ enum: [...schemaVersions], description: 'Version of this contract. Absent means 1.' });
}

/** The text of a number: its JSON text if known, else its shortest form. */
function numberText(value: unknown): string | undefined {
  if (value instanceof JsonNumber) return value.text;
  return typeof value === 'number' ? String(value) : undefined;
}

/** What is wrong with a text that becomes a column. Lengths count characters (code points), as PostgreSQL does. */
function textErrors(text: string, lengthMax: number): RejectReason[] {
  const errors: RejectReason[] = [];
  if (text.trim() === '') errors.push('id_empty');
  if (text.length > lengthMax && Array.from(text).length > lengthMax) errors.push('id_too_long');
  if (text.includes('\0')) errors.push('nul_byte');
  else if (/\p{Cc}/u.test(text) || !text.isWellFormed()) errors.push('invalid_character');
  return errors;
}

function addIssue(context: z.core.$RefinementCtx, reason: RejectReason, path: string[] = [], advice?: string): void {
  const message = advice === undefined ? rejectReasons[reason] : `${rejectReasons[reason]} (${advice})`;
  context.addIssue({ code: 'custom', path, message, params: { reason } });
}
