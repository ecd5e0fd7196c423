import { afterAll, beforeAll, expect, test } from 'vitest';

import { readDashboard } from '../../../grafana/src/read-dashboard.ts';
import type { Pipeline } from '../../support/pipeline.ts';
import { amountOf, PanelReader, type View } from './panel-reader.ts';
import { openReader, openUsedPipeline } from './sold.ts';

const dashboard = await readDashboard('batch');
const view: View = { from: new Date(Date.now() - 3_600_000), to: new Date(), intervalMs: 60_000 };
const first: View = { ...view, chosen: { batch: ['batch-1'] } };

const opened = new AsyncDisposableStack();
let pipeline: Pipeline;
let panels: PanelReader;

beforeAll(async () => {
  pipeline = opened.use(
    await openUsedPipeline({
      env: { AIRFLOW_DAG_ID: 'etl_pipeline', AIRFLOW_RUN_ID: 'manual__2026-11-22T10:00:00+00:00' },
    }),
  );
  const reader = opened.use(await openReader(pipeline));
  panels = new PanelReader(dashboard, reader.client);
});

afterAll(() => opened.disposeAsync());

test('while none is chosen the newest batch that read something is shown', async () => {
  expect((await panels.rows('Batch', view)).map(({ Batch }) => Batch)).toEqual(['batch-2']);
});

test.each([
  ['Read', 60, 25],
  ['Loaded', 60, 20],
  ['Duplicates', 0, 3],
  ['Rejected', 0, 2],
  ['Retries', 0, 0],
])('%s is the figure of the batch', async (title, ofFirst, ofSecond) => {
  expect(await panels.rows(title, first)).toEqual([{ [title]: ofFirst }]);
  expect(await panels.rows(title, view)).toEqual([{ [title]: ofSecond }]);
});

test('the ranges add up to what was read', async () => {
  const ranges = await panels.rows('Ranges', view);
  expect(ranges.map(({ Partition }) => Partition)).toEqual([0, 1, 2]);
  const sum = (name: string): number => ranges.reduce((total, range) => total + Number(range[name]), 0);
  expect([sum('Offsets'), sum('Read'), sum('Loaded'), sum('Duplicates'), sum('Rejected')]).toEqual([25, 25, 20, 3, 2]);
});

test('each rejected record is listed with its reason and field', async () => {
  const rejects = await panels.rows('Rejected records', view);
  expect(rejects).toHaveLength(2);
  for (const { Reason, Status } of rejects) {
    expect(Reason).toMatch(/^[a-z_]+$/);
    expect(Status).toBe('open');
  }
  expect(await panels.rows('Rejected records', first)).toEqual([]);
});

test('each step has its duration, in the order of the pipeline', async () => {
  const durations = await panels.rows('Duration, by step', view);
  expect(durations.map(({ Step }) => Step)).toEqual(['extract', 'validate', 'transform', 'load']);
});

test('the loaded rows are found by the time of the load, and are all of them', async () => {
  const rows = await panels.rows('Loaded, by currency', first);
  expect(new Set(rows.map(({ Currency }) => Currency))).toEqual(new Set(['EUR', 'GBP', 'JPY', 'USD']));
  expect(rows.reduce((sum, { Transactions }) => sum + Number(Transactions), 0)).toBe(60);
  const [whole] = await pipeline.query<{ sum: string }>(
    `select sum(amount_base) as sum from transactions where batch_id = 'batch-1'`,
  );
  expect(rows.reduce((sum, row) => sum + amountOf(row['Base currency']), 0)).toBeCloseTo(Number(whole?.sum), 2);
});

test('the run in Airflow is linked by the DAG and the run of the ledger', async () => {
  const [summary] = await panels.rows('Batch', view);
  expect(summary).toMatchObject({ DAG: 'etl_pipeline', 'Airflow run': 'manual__2026-11-22T10:00:00+00:00' });
});

test('an open failure is shown with its remedy, until the batch is loaded', async () => {
  await pipeline.publish([{ value: 'x' }]);
  const failed = await pipeline.etl(['run', '--batch', 'failing'], {
    KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1',
    KAFKA_WAIT_SECONDS: '1',
  });
  expect(failed.exitCode).toBe(75);
  const chosen = { ...view, chosen: { batch: ['failing'] } };
  await pipeline.batch(['extract', '--batch', 'failing']);
  const down = { WAREHOUSE_LOCK_TIMEOUT_SECONDS: '1' };
  await pipeline.query('begin');
  await pipeline.query('select from warehouse_state for update');
  expect(await pipeline.etl(['load', '--batch', 'failing'], down)).toMatchObject({ exitCode: 75 });
  await pipeline.query('rollback');
  const [failure, ...others] = await panels.rows('Failures', chosen);
  expect(others).toEqual([]);
  expect(failure?.['Message']).toBeTypeOf('string');
  await pipeline.batch(['load', '--batch', 'failing']);
  expect(await panels.rows('Failures', chosen)).toEqual([]);
});
