/**
 * Why a record is not loaded: the closed list of stable codes, each with a message.
 * Codes are public (dashboards and `etl rejected list` filter by them): add codes, never rename them.
 */
export const rejectReasons = {
  // The whole record, before any field is checked.
  null_value: 'The record has no value (a tombstone).',
  empty_value: 'The value is empty or only white space.',
  too_large: 'The value is larger than the limit.',
  invalid_utf8: 'The value is not valid UTF-8.',
  nul_byte: 'The value holds a NUL character, raw or escaped, which PostgreSQL can not store.',
  not_json: 'The value is not JSON.',
  not_an_object: 'The value is JSON but not an object.',
  duplicate_json_key: 'The object names the same key twice.',
  prototype_polluting_key: 'The object has a key such as __proto__.',

  // One field.
  missing_field: 'A required field is absent.',
  wrong_type: 'A field has a JSON type that the contract does not allow.',
  id_empty: 'An identifier or the category is empty or only white space.',
  id_too_long: 'An identifier or the category has more characters than allowed.',
  invalid_character: 'A text holds control characters or half of a surrogate pair.',
  amount_not_decimal:
    'The amount is not a plain decimal (a text with an exponent, sign, leading zeros or spaces; NaN; Infinity).',
  amount_negative: 'The amount is negative.',
  amount_zero: 'The amount is zero.',
  amount_too_fine: 'The amount has more decimals than its currency.',
  amount_out_of_range: 'The amount has more than 15 digits before the decimal point.',
  amount_imprecise:
    'The amount is a JSON number of more than 15 significant digits, which a double can not hold; send it as text.',
  unknown_currency: 'The currency is not an ISO 4217 code with minor units, neither a current one nor one since 1999.',
  unknown_country: 'The country is not an ISO 3166-1 alpha-2 code, nor XK.',
  timestamp_no_offset: 'The timestamp has no offset from UTC.',
  timestamp_invalid: 'The timestamp is not RFC 3339 or names a date or time that does not exist.',
  timestamp_leap_second:
    'The timestamp is in second 60, a leap second, which PostgreSQL can not store; send second 59 of the same minute.',
  unsupported_schema_version: 'This release does not read the schema version.',

  // The message compared with other data.
  timestamp_too_far_in_future: 'The timestamp is further in the future than allowed.',
  timestamp_too_old: 'The timestamp is further in the past than allowed.',
  currency_not_in_force: 'The currency was not legal tender on the day of the sale.',
  order_id_conflict: 'The order id is already loaded with other content.',
  tax_rate_missing: 'No tax rate covers the country, category and date.',
  tax_rate_unverified: 'The tax rate of the country, category and date is not verified.',
  exchange_rate_missing: 'No exchange rate covers the currency.',
  exchange_rate_stale: 'The last exchange rate before the event is older than allowed.',
  refused_by_database: 'Validation passed but PostgreSQL refused the row.',
} as const satisfies Record<string, string>;

export type RejectReason = keyof typeof rejectReasons;

export function isRejectReason(value: unknown): value is RejectReason {
  return typeof value === 'string' && Object.hasOwn(rejectReasons, value);
}

/** One error of one message. `field` is empty for an error of the whole record. */
export interface FieldError {
  readonly field: string;
  readonly reason: RejectReason;
  readonly message: string;
}
