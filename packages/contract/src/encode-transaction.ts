import type { TransactionMessage } from './transaction.ts';

/**
 * The canonical spelling of a message: one line of JSON without spaces, fields in this order,
 *   {"order_id":…,"amount":"149.99","currency":…,"timestamp":…,"customer_id":…,"product_category":…,"country":…,"schema_version":1}
 * the two optional ones left out when absent, the amount always text. Any other spelling is as valid;
 * this one lets a reader recognise a message by its shape without a JSON parser.
 */
export function encodeTransaction(message: TransactionMessage): string {
  const { order_id, amount, currency, timestamp, customer_id, product_category, country, schema_version } = message;
  return JSON.stringify({
    order_id,
    amount,
    currency,
    timestamp,
    customer_id,
    product_category,
    country,
    schema_version,
  });
}
