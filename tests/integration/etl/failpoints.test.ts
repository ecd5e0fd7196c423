import { expect, test, vi } from 'vitest';

import { failpoints } from '../../../etl/src/failures/failpoint.ts';
import { aTransaction, someTransactions } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { runEtl } from '../../support/programs.ts';

test.each(failpoints)('a run that dies at %s and is tried again has loaded each record once', async (name) => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([...someTransactions(30), { value: '{' }]);
  const { exitCode } = await pipeline.etl(['run', '--batch', 'b'], { ETL_FAILPOINT: name });
  expect(exitCode).toBeUndefined();
  expect(await pipeline.batch(['run', '--batch', 'b'])).toMatchObject({ state: 'loaded', read: 31, loaded: 30 });
  expect(await standing(pipeline)).toEqual([{ facts: 30, rejects: 1, counted: 30, position: '31' }]);
});

test('a failpoint that is set is reported at the start, and once more where it kills', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish(someTransactions(3));
  const { stderr } = await pipeline.etl(['run', '--batch', 'b'], { ETL_FAILPOINT: 'before-commit' });
  const lines = stderr.trim().split('\n');
  expect(lines[0]).toContain('ETL_FAILPOINT is set: this process kills itself at before-commit');
  expect(lines.at(-1)).toBe('ETL_FAILPOINT=before-commit: this process kills itself here');
  expect((await pipeline.etl(['run', '--batch', 'b'])).stderr).not.toContain('ETL_FAILPOINT');
});

test('a failpoint is refused in production, and nothing is read', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.query(`delete from exchange_rates where source = 'sample'`);
  await pipeline.query(`update warehouse_state set environment = 'production', sample_rates_until = null`);
  await pipeline.publish(someTransactions(3));
  const { exitCode, stderr } = await pipeline.etl(['run', '--batch', 'b'], { ETL_FAILPOINT: 'before-commit' });
  expect({ exitCode, stderr }).toEqual({
    exitCode: 64,
    stderr: expect.stringContaining('ETL_FAILPOINT is before-commit, and this warehouse is one of production'),
  });
  expect(await pipeline.query('select from etl_batches')).toEqual([]);
});

test('a run that dies within its COPY leaves all for the batch after it', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([...someTransactions(30), { value: '{' }]);
  await pipeline.etl(['run', '--batch', 'dead'], { ETL_FAILPOINT: 'mid-copy' });
  expect(await pipeline.batch(['run', '--batch', 'next'])).toMatchObject({ state: 'loaded', read: 31, loaded: 30 });
  expect(await standing(pipeline)).toEqual([{ facts: 30, rejects: 1, counted: 30, position: '31' }]);
});

test('a load waits for the lock before it looks at anything', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish(someTransactions(5));
  await pipeline.batch(['transform', '--batch', 'b']);
  await pipeline.query('begin');
  await pipeline.query('select from warehouse_state for update');
  const loading = runEtl(['load', '--batch', 'b'], { env: pipeline.env });
  const waiting = await vi.waitFor(
    async () => {
      // Within a transaction the view shows what it showed first.
      await pipeline.query('select pg_stat_clear_snapshot()');
      const rows = await pipeline.query<{ query: string }>(`
        select query from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`);
      expect(rows).toHaveLength(1);
      return rows;
    },
    { timeout: 20_000, interval: 50 },
  );
  await pipeline.query('rollback');
  expect((await loading).exitCode).toBe(0);
  expect(waiting[0]?.query).toMatch(/from "warehouse_state" for update/);
});

test('rows that were made before another writer changed the warehouse are made again', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const sale = aTransaction({ order_id: 'again' });
  await pipeline.publish([sale]);
  await pipeline.batch(['run']);
  await pipeline.publish([sale]);
  // A duplicate by now, and by the time of its load a sale again.
  await pipeline.batch(['transform', '--batch', 'b']);
  await pipeline.query(`
    with gone as (delete from transactions returning order_id)
    update warehouse_state set state_version = state_version + (select count(*) from gone)`);
  expect(await pipeline.batch(['load', '--batch', 'b'])).toMatchObject({ loaded: 1, duplicates: 0 });
});

async function standing(pipeline: Pipeline): Promise<unknown[]> {
  return pipeline.query(`
    select (select count(*)::int from transactions) as facts,
      (select count(*)::int from rejected_transactions) as rejects,
      (select sum(transaction_count)::int from sales_per_minute) as counted,
      next_offset as position
    from source_positions`);
}
