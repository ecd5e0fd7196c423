import { aTransaction } from '../support/messages.ts';
import type { Pipeline } from '../support/pipeline.ts';
import { runProducer } from '../support/programs.ts';
import { openUsedPipeline } from '../integration/grafana/sold.ts';

/** Text that is a page's doing if it is ever taken for HTML; as long as a category may be. */
export const hostile = '<img src=x onerror="document.title=`taken`">';

/** A pipeline that has loaded two days of the producer's traffic, and then a sale with HTML in its fields. */
export async function openSoldPipeline(): Promise<Pipeline> {
  await using opening = new AsyncDisposableStack();
  const pipeline = opening.use(await openUsedPipeline());
  const start = new Date(Date.now() - 48 * 3_600_000).toISOString();
  const shares = ['--duplicate-share', '0.02', '--malformed-share', '0.02', '--fraud-share', '0.05'];
  const traffic = ['--count', '4000', '--seed', '7', '--start-time', start, '--time-span', '48h', ...shares];
  const { exitCode, stderr } = await runProducer(traffic, { env: pipeline.env });
  if (exitCode !== 0) throw new Error(`the producer ended with ${exitCode}:\n${stderr}`);
  await pipeline.batch(['run', '--until-empty'], { ETL_BATCH_MAX_MESSAGES: '1500' });
  await pipeline.publish([
    aTransaction({
      order_id: hostile.slice(0, 36),
      customer_id: hostile,
      product_category: hostile,
      amount: '98765.43',
    }),
  ]);
  await pipeline.batch(['run', '--batch', 'batch-of-html']);
  const opened = opening.move();
  return { ...pipeline, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
