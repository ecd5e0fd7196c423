import { checkMessage, type CheckedMessage } from './check-message.ts';
import { transactionMessage, type TransactionMessage } from './transaction.ts';

/** Checks a parsed JSON value against the contract of transactions: see `checkMessage`. */
export function checkTransaction(value: unknown): CheckedMessage<TransactionMessage> {
  return checkMessage(transactionMessage, value);
}
