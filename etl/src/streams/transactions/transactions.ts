import { isCountry, textLengthMax, topics, transactionMessage } from '@pulse/contract';

import { amount, code, currency, optional, text, timestamp } from '../field-kinds.ts';
import type { RecordOf } from '../field.ts';
import type { Sink } from '../sink.ts';
import { declareStream } from '../stream.ts';
import {
  alerts,
  computedColumns,
  duplicates,
  shadowVerdicts,
  TransactionRows,
  type RowContext,
} from './transaction-rows.ts';

/**
 * The fields of the message, in the order of its canonical spelling, by the names that TypeScript has for their columns. What
 * validate reads, hashes and stages, and what COPY loads, is made from this list. A test holds it against the contract's schema
 * and the table `transactions`.
 */
const fields = {
  orderId: text('order_id', textLengthMax.order_id),
  amount: amount('amount', 'currency'),
  currency: currency('currency'),
  timestamp: timestamp('timestamp', { instant: 'transaction_timestamp', localDate: 'tax_date' }),
  customerId: text('customer_id', textLengthMax.customer_id),
  productCategory: text('product_category', textLengthMax.product_category),
  // Hashed as an empty text where it is absent, since before optional fields were hashed by name.
  country: { ...optional(code('country', 2, isCountry)), isHashedWhenAbsent: true },
};

/** A message, read. */
export type TransactionRecord = RecordOf<typeof fields>;

const stream = declareStream<TransactionRecord>({
  topic: topics.transactions,
  keyName: 'customer_id',
  messageSchema: transactionMessage,
  fields,
  id: 'orderId',
});

/** The stream of transactions. */
export const transactionStream = {
  ...stream,
  /** The tables that its rows go to; `TransactionRows` writes them. */
  sinks: {
    transactions: { table: 'transactions', columns: [...stream.stagedColumns, ...computedColumns], format: 'binary' },
    alerts,
    duplicates,
    shadowVerdicts,
  },
  createRows: (context: RowContext) => new TransactionRows(context),
} as const satisfies { readonly sinks: Readonly<Record<string, Sink>>; readonly [name: string]: unknown };
