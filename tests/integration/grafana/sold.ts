import { fraudPatterns, type TransactionMessage } from '@pulse/contract';
import { inject } from 'vitest';

import { aTransaction } from '../../support/messages.ts';
import { openPipeline, type Pipeline, type PipelineOptions } from '../../support/pipeline.ts';
import { openClient, type OpenClient } from '../../support/warehouse.ts';

/** Connects to a pipeline's warehouse as dashboards do. */
export async function openReader(pipeline: Pipeline): Promise<OpenClient> {
  const { roles } = inject('warehouseTemplate');
  const url = new URL(pipeline.env['WAREHOUSE_DATABASE_URL'] ?? '');
  return openClient(url.href, roles.reader);
}

/** Sales of several categories, countries and currencies; each twelfth above the limit of the fraud rules. */
export function mixedSales(count: number, now: Date): TransactionMessage[] {
  return Array.from({ length: count }, (_, index) => {
    const [country, currency] = markets[index % markets.length] ?? ['US', 'USD'];
    return aTransaction({
      customer_id: `customer-${index % 7}`,
      product_category: categories[index % categories.length] ?? 'books',
      amount: index % 12 === 5 ? '999999' : String(100 + index),
      currency,
      timestamp: new Date(now.getTime() - index * 1000).toISOString(),
      ...(country === '' ? { country: undefined } : { country }),
    });
  });
}

const categories = ['books', 'toys', "children's"];
const markets = [
  ['US', 'USD'],
  ['DE', 'EUR'],
  ['JP', 'JPY'],
  ['', 'GBP'],
] as const;

/** A pipeline that has loaded two batches: with duplicates, rejects, alerts, labels and a reconciliation. */
export async function openUsedPipeline(options?: PipelineOptions): Promise<Pipeline> {
  await using opening = new AsyncDisposableStack();
  const pipeline = opening.use(await openPipeline(options));
  const sales = mixedSales(60, new Date());
  await pipeline.publish(sales);
  await pipeline.batch(['run', '--batch', 'batch-1']);
  const again = sales.slice(0, 3);
  await pipeline.publish([...again, ...mixedSales(20, new Date()), { value: 'no JSON' }, { value: '{"amount": 1}' }]);
  await pipeline.batch(['run', '--batch', 'batch-2']);
  await pipeline.batch(['run', '--batch', 'batch-3']);
  await pipeline.query(
    `insert into fraud_labels (order_id, pattern)
     select order_id, $1
     from (
       (select order_id from transactions where is_fraud_flagged order by order_id limit 4)
       union all
       (select order_id from transactions where not is_fraud_flagged order by order_id limit 1)
     ) as known`,
    [fraudPatterns[0]],
  );
  const opened = opening.move();
  return { ...pipeline, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
