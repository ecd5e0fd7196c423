import { randomUUID } from 'node:crypto';

import type { TransactionMessage } from '@pulse/contract';

/** A valid transaction of this moment; a test names only what it is about. */
export function aTransaction(changes: Partial<TransactionMessage> = {}): TransactionMessage {
  return {
    order_id: randomUUID(),
    amount: '150.00',
    currency: 'USD',
    timestamp: new Date().toISOString(),
    customer_id: 'customer-1',
    product_category: 'electronics',
    country: 'US',
    ...changes,
  };
}

/** Some transactions, each with an order id of its own; `change` makes them differ. */
export function someTransactions(
  count: number,
  change: (index: number) => Partial<TransactionMessage> = () => ({}),
): readonly TransactionMessage[] {
  return Array.from({ length: count }, (_, index) => aTransaction(change(index)));
}
