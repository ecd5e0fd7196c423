import { someTransactions } from './messages.ts';
import type { Pipeline } from './pipeline.ts';

/** Makes all that the ledger says so much older, as if that time had gone by. */
export async function letTimePass(pipeline: Pipeline, interval: string): Promise<void> {
  await pipeline.query(
    `update etl_batches
     set
       planned_at = planned_at - $1::interval,
       loaded_at = loaded_at - $1::interval,
       newest_transaction_at = newest_transaction_at - $1::interval`,
    [interval],
  );
}

/** Sales of a customer each, so that no rule about one customer fires; `flagged` of them above every limit. */
export function salesOf(
  count: number,
  flagged: number,
  changes: { readonly timestamp?: string } = {},
): ReturnType<typeof someTransactions> {
  return someTransactions(count, (index) => ({
    customer_id: `customer-${crypto.randomUUID()}`,
    amount: index < flagged ? '500000.00' : '20.00',
    ...changes,
  }));
}
