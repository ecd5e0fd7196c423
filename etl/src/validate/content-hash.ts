import { hash } from 'node:crypto';

import type { SaleFields } from './validate-record.ts';

const hexDigits = 32;
/** No field can hold it: the contract allows no control characters. */
const separator = '\u001F';

/**
 * 128 bits of SHA-256 over what makes a sale this sale: two messages with equal hashes are the same sale sent twice.
 * Amounts count in minor units and times as instants, so that spelling makes no difference.
 */
export function contentHash(sale: SaleFields): string {
  const fields = [
    sale.orderId,
    sale.amountMinor.toString(),
    sale.currency,
    String(sale.timestampMs),
    String(sale.microseconds),
    sale.localDate,
    sale.customerId,
    sale.productCategory,
    sale.country,
  ];
  return hash('sha256', fields.join(separator), 'hex').slice(0, hexDigits);
}
