import { currencyOf, isCountry, isInForce, parseAmountMinor, parseTimestamp } from '@pulse/contract';

import type { SaleFields } from './validate-record.ts';

/** Printable ASCII without quote and backslash, beginning with no space: nothing in it is escaped or of many bytes. */
const text = (lengthMax: number): string => `([!#-\\[\\]-~][ !#-\\[\\]-~]{0,${lengthMax - 1}})`;

/** The spelling of `encodeTransaction` with no escape. */
const canonical = new RegExp(
  `^\\{"order_id":"${text(36)}","amount":"([0-9.]{1,20})","currency":"([A-Z]{3})",` +
    `"timestamp":"([0-9T:-]{19}(?:\\.[0-9]{1,9})?(?:Z|[+-][0-9:]{5}))","customer_id":"${text(50)}","product_category":"${text(50)}"` +
    `(?:,"country":"([A-Z]{2})")?(?:,"schema_version":1)?\\}$`,
);

/**
 * Reads a message in canonical spelling, about three times as fast as a JSON parser with a schema behind it.
 * Undefined for any other spelling and for any fault: then the parser and the schema say what is wrong.
 * @param graceDays - How long a currency is taken after it was legal tender.
 */
export function readCanonical(value: Buffer, graceDays: number): SaleFields | undefined {
  const match = canonical.exec(value.toString('latin1'));
  if (match === null) return undefined;
  const [, orderId = '', amount = '', code = '', timestamp = '', customerId = '', productCategory = ''] = match;
  const country = match[7] ?? '';
  const currency = currencyOf(code);
  if (currency === undefined || (country !== '' && !isCountry(country))) return undefined;
  const amountMinor = parseAmountMinor(amount, currency.exponent);
  if (typeof amountMinor === 'string') return undefined;
  const instant = parseTimestamp(timestamp);
  if (typeof instant === 'string') return undefined;
  const { epochMs: timestampMs, microseconds, localDate, localDay } = instant;
  if (!isInForce(currency, localDay, graceDays)) return undefined;
  return {
    orderId,
    amountMinor,
    currency: code,
    timestampMs,
    microseconds,
    localDate,
    localDay,
    customerId,
    productCategory,
    country,
  };
}
