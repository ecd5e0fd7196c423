import { transactionMessage, type TransactionMessage } from './transaction.ts';

const names = Object.keys(transactionMessage.shape);

/**
 * The canonical spelling of a message: one line of JSON without spaces, fields in the order of `transactionMessage`, as
 * {"order_id":"…","amount":"149.99",…,"schema_version":1}, optional ones left out when absent, the amount always text. Any other
 * spelling is as valid; this one lets a reader recognise a message by its shape without a JSON parser.
 */
export function encodeTransaction(message: TransactionMessage): string {
  return JSON.stringify(message, names);
}
