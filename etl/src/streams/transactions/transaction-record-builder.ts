import { createTextsReader } from '../read-record.ts';
import { transactionStream, type TransactionRecord } from './transactions.ts';

/** A valid transaction for a test, which names only what it is about. Optional fields are absent. */
export function aTransactionRecord(changes: Partial<TransactionRecord>): TransactionRecord {
  const message = {
    order_id: 'order-1',
    amount: '0.01',
    currency: 'USD',
    timestamp: '1970-01-01T00:00:00Z',
    customer_id: 'customer-1',
    product_category: 'toys',
  };
  const record = transactionStream.readRecord(createTextsReader(transactionStream.fields)(message));
  if (record === undefined) throw new Error('the message of the builder is invalid');
  return { ...record, ...changes };
}
