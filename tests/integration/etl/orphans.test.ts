import { expect, test, vi } from 'vitest';

import { someTransactions } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { runEtl, type Finished } from '../../support/programs.ts';

const lifetimeMs = 20_000;
const hangs = { ETL_FAILPOINT: 'mid-copy=hang' };

test('a load that hangs within its COPY is ended by its retry', async () => {
  await using pipeline = await openPipeline();
  await pipeline.publish(someTransactions(300));
  const orphan = await orphanOf(pipeline, 'b');
  // Soon enough to be sure that nobody has waited for the orphan's own end.
  const hurried = { WAREHOUSE_LOCK_TIMEOUT_SECONDS: '3' };
  expect(await pipeline.batch(['load', '--batch', 'b'], hurried)).toMatchObject({ state: 'loaded', loaded: 300 });
  await orphan.ended;
});

test('a load of another batch that hangs within its COPY is ended when its time is over', async () => {
  await using pipeline = await openPipeline();
  await pipeline.publish(someTransactions(300));
  const orphan = await orphanOf(pipeline, 'hung');
  const limits = { WAREHOUSE_LOCK_TIMEOUT_SECONDS: '0.3', WAREHOUSE_LOAD_TIMEOUT_SECONDS: '2' };
  const { exitCode } = await pipeline.etl(['run', '--batch', 'next'], {
    ...limits,
    WAREHOUSE_LOAD_TIMEOUT_SECONDS: '60',
  });
  expect(exitCode).toBe(75);
  await vi.waitFor(async () => expect((await pipeline.etl(['run', '--batch', 'next'], limits)).exitCode).toBe(0), {
    timeout: 15_000,
  });
  expect(await pipeline.query('select count(*)::int from transactions')).toEqual([{ count: 300 }]);
  await orphan.ended;
});

test('a run over several batches gives up its name between them: no later load ends it', async () => {
  await using pipeline = await openPipeline({ env: { ETL_BATCH_MAX_MESSAGES: '100' } });
  await pipeline.publish(someTransactions(200));
  const run = runEtl(['run', '--until-empty'], {
    env: { ...pipeline.env, ETL_FAILPOINT: 'before-mirror=hang' },
    killAfterMs: lifetimeMs,
  });
  await vi.waitFor(
    async () => expect(await pipeline.query(`select from etl_batches where state = 'loaded'`)).toHaveLength(1),
    { timeout: 15_000 },
  );
  const names = await vi.waitFor(
    async () => {
      const rows = await pipeline.query<{ name: string }>(
        `select application_name as name from pg_stat_activity where datname = current_database() and application_name like 'etl%'`,
      );
      expect(rows).toEqual([{ name: 'etl' }]);
      return rows;
    },
    { timeout: 5000 },
  );
  expect(names).toHaveLength(1);
  await run;
});

/** Starts a load that stands still within its COPY, with the lock in hand. */
async function orphanOf(pipeline: Pipeline, batch: string): Promise<{ readonly ended: Promise<Finished> }> {
  await pipeline.batch(['transform', '--batch', batch]);
  const ended = runEtl(['load', '--batch', batch], { env: { ...pipeline.env, ...hangs }, killAfterMs: lifetimeMs });
  await vi.waitFor(
    async () =>
      expect(
        await pipeline.query(`
          select from pg_stat_activity
          where datname = current_database() and query like 'copy "transactions"%' and wait_event = 'ClientRead'`),
      ).toHaveLength(1),
    { timeout: 15_000, interval: 50 },
  );
  return { ended };
}
