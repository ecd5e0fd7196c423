import { hash } from 'node:crypto';

import { contentHashBytes } from './valid-transaction.ts';
import type { SaleFields } from './validate-record.ts';

/** No field can hold it: the contract allows no control characters. */
const separator = '\u001F';
const contentHashDigits = 2 * contentHashBytes;

/**
 * SHA-256 over what makes a sale this sale, in 64 hexadecimal digits; 32 of them count. Two messages with equal hashes are the
 * same sale sent twice. Amounts count in minor units and times as instants, so that spelling makes no difference.
 */
export function contentDigest(sale: SaleFields): string {
  const { orderId, amountMinor, currency, timestampMs, microseconds, localDate, customerId, productCategory } = sale;
  const money = `${orderId}${separator}${amountMinor}${separator}${currency}${separator}`;
  const time = `${timestampMs}${separator}${microseconds}${separator}${localDate}${separator}`;
  const text = `${money}${time}${customerId}${separator}${productCategory}${separator}${sale.country}`;
  return hash('sha256', text, 'hex');
}

/** What counts of a sale's digest, as the warehouse keeps it. */
export function contentHash(sale: SaleFields): string {
  return contentDigest(sale).slice(0, contentHashDigits);
}
