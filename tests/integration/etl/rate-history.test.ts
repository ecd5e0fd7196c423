import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { someTransactions } from '../../support/messages.ts';
import { openPipeline } from '../../support/pipeline.ts';

const quotes = (
  'USD JPY CZK DKK GBP HUF PLN RON SEK CHF ISK NOK TRY AUD BRL ' +
  'CAD CNY HKD IDR ILS INR KRW MXN MYR NZD PHP SGD THB ZAR AED'
).split(' ');
const dayMs = 86_400_000;

/** Rates of many days, newest first, as the European Central Bank publishes them. */
function history(dayCount: number): string {
  const days = Array.from({ length: dayCount }, (_, n) => new Date(Date.now() - n * dayMs).toISOString().slice(0, 10));
  const rates = (n: number): string => quotes.map((_, index) => (1 + index + (n % 97) / 100).toFixed(4)).join(',');
  return [`Date,${quotes.join(',')},`, ...days.map((day, n) => `${day},${rates(n)},`)].join('\n');
}

// A load gives up where it has waited for the lock for two seconds; writing the rates takes several times as long.
const env = { WAREHOUSE_LOCK_TIMEOUT_SECONDS: '2' };

test('batches are loaded while a long history of exchange rates is imported', async () => {
  await using pipeline = await openPipeline({ partitions: 1, env });
  const file = join(pipeline.stagingDir, 'history.csv');
  await writeFile(file, history(2000));
  const importing = pipeline.etl(['exchange-rates', 'import', file]);
  const isOver = importing.then(() => true);
  let batchCount = 0;
  do {
    await pipeline.publish(someTransactions(5));
    await pipeline.batch(['run']);
    batchCount += 1;
  } while (!(await Promise.race([isOver, Promise.resolve(false)])) && batchCount < 1000);
  const { exitCode, stdout } = await importing;
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ added: 60_000, superseded: 0 });
  expect(batchCount).toBeGreaterThan(1);
  expect(await pipeline.query(`select count(*)::int from transactions`)).toEqual([{ count: 5 * batchCount }]);
  // All were recorded at one moment, which is past.
  const recorded = `select count(distinct recorded_at)::int as moments, bool_and(recorded_at < now()) as is_past
    from exchange_rates where source like '%history.csv'`;
  expect(await pipeline.query(recorded)).toEqual([{ moments: 1, is_past: true }]);
});
