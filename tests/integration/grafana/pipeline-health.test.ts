import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readDashboard } from '../../../grafana/src/read-dashboard.ts';
import { recordOf } from '../../support/kafka.ts';
import { aTransaction } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { PanelReader, type View } from './panel-reader.ts';
import { insertBatch } from './sales.ts';
import { mixedSales, openReader } from './sold.ts';

const dashboard = await readDashboard('pipeline-health');

const noon = Date.parse('2026-11-22T12:00:00Z');
const hour = 3_600_000;

/** The hour from noon on, long ago. */
const view: View = { from: new Date(noon), to: new Date(noon + hour), intervalMs: 600_000 };

function at(minutes: number): Date {
  return new Date(noon + minutes * 60_000);
}

const opened = new AsyncDisposableStack();
let pipeline: Pipeline;
let panels: PanelReader;

beforeAll(async () => {
  pipeline = opened.use(await openPipeline());
  const reader = opened.use(await openReader(pipeline));
  panels = new PanelReader(dashboard, reader.client);
});

afterAll(() => opened.disposeAsync());

describe('service levels', () => {
  test('know nothing before the first load', async () => {
    expect(await panels.rows('Fresh', view)).toEqual([]);
    expect(await panels.rows('Service levels', view)).toEqual([]);
  });

  test('count the time in which the last load was more than 90 s ago', async () => {
    await insertBatch(pipeline.client, { batchId: 'before', plannedAt: at(-1), loadedAt: at(-1) });
    // A minute each, but for 7.5 minutes after 12:10, of which the first 90 s are still fresh.
    const minutes = Array.from({ length: 60 }, (_, index) => index).filter((minute) => minute <= 10 || minute > 16);
    for (const minute of minutes) {
      const late = minute === 17 ? 0.5 : 0;
      await insertBatch(pipeline.client, {
        batchId: `batch-${minute}`,
        plannedAt: at(minute),
        loadedAt: at(minute + late),
      });
    }
    const stale = 6 / 60;
    expect(await panels.rows('Fresh', view)).toEqual([{ Fresh: expect.closeTo(1 - stale, 9) }]);
    expect(await panels.rows('Budget burn', view)).toEqual([{ Burn: expect.closeTo(stale / 0.01, 6) }]);
    const points = await panels.rows('Fresh, over time', view);
    expect(points.map(({ Fresh }) => Number(Fresh).toFixed(3))).toEqual([
      '1.000',
      '0.400',
      '1.000',
      '1.000',
      '1.000',
      '1.000',
    ]);
    const burn = await panels.rows('Budget burn, over time', view);
    expect(burn.map(({ Burn }) => Number(Burn).toFixed(0))).toEqual(['0', '30', '20', '15', '12', '10']);
  });

  test('begin with the first load, and end with the time range', async () => {
    const early = { ...view, from: at(-61), to: at(1) };
    expect(await panels.rows('Fresh', early)).toEqual([{ Fresh: 1 }]);
    const within = { ...view, from: at(12), to: at(16) };
    expect(await panels.rows('Fresh', within)).toEqual([{ Fresh: 0 }]);
  });

  test('count batches that were loaded within a minute', async () => {
    await insertBatch(pipeline.client, { batchId: 'slow', plannedAt: at(30.2), loadedAt: at(31.5) });
    const rows = await panels.rows('Service levels', view);
    expect(rows.map(({ Level, Objective }) => [Level, Objective])).toEqual([
      ['Sales are fresh', 0.99],
      ['Batches are in time', 0.99],
    ]);
    expect(Number(rows[1]?.['Kept'])).toBeCloseTo(54 / 55, 9);
    await pipeline.query('delete from etl_batches');
  });
});

describe('what batches leave in the ledger', () => {
  const now = new Date();
  const recent: View = { from: new Date(now.getTime() - hour), to: new Date(now.getTime() + hour), intervalMs: hour };

  test('is shown: records, rejects, retries, durations', async () => {
    await pipeline.publish([...mixedSales(30, now), { value: 'no JSON' }, { value: '[]' }, { value: null }]);
    await pipeline.batch(['run', '--batch', 'b-1']);
    await pipeline.batch(['run', '--batch', 'b-2']);
    expect(await panels.rows('Rejected', recent)).toEqual([{ Rejected: 3 / 33 }]);
    expect(await panels.rows('Retries', recent)).toEqual([{ Retries: 0 }]);
    expect(await panels.rows('Holes', recent)).toEqual([{ Holes: 0 }]);
    expect(await panels.rows('Keyed by something else', recent)).toEqual([{ 'Other keys': 0 }]);
    const [records] = await panels.rows('Records of a batch, by outcome', recent);
    expect(records).toMatchObject({ loaded: 30, duplicate: 0, rejected: 3 });
    const [duration] = await panels.rows('Duration of a batch, by step', recent);
    expect(Number(duration?.['load'])).toBeGreaterThan(0);
    const reasons = await panels.rows('Rejected, by reason', recent);
    expect(reasons.reduce((sum, { Records }) => sum + Number(Records), 0)).toBe(3);
    const batches = await panels.rows('Batches', recent);
    expect(batches.map(({ Batch, State, Read }) => [Batch, State, Read])).toEqual([
      ['b-2', 'loaded', 0],
      ['b-1', 'loaded', 33],
    ]);
  });

  test('is shown: keys that are not the customer, and customers in several partitions', async () => {
    const sale = aTransaction({ customer_id: 'scattered' });
    await pipeline.publish([
      { ...recordOf(sale, { partition: 0 }), key: null },
      { ...recordOf(aTransaction({ customer_id: 'scattered' }), { partition: 1 }), key: 'another' },
      recordOf(aTransaction({ customer_id: 'keyed' })),
    ]);
    await pipeline.batch(['run', '--batch', 'keys']);
    expect(await panels.rows('Keyed by something else', recent)).toEqual([{ 'Other keys': 2 }]);
    expect(await panels.rows('Without a key', recent)).toEqual([{ 'No key': 1 }]);
    expect(await panels.rows('Scattered customers', recent)).toEqual([{ Customers: 1 }]);
    const [newest] = await panels.rows('Batches', recent);
    expect(newest).toMatchObject({ Batch: 'keys', 'Other keys': 2 });
  });

  test('shows the lag of each partition, and how old that is', async () => {
    const lags = await panels.rows('Lag by partition', recent);
    expect(lags.map(({ Partition, Lag }) => [Partition, Lag])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
    ]);
    await pipeline.publish(mixedSales(12, now));
    await pipeline.batch(['extract', '--batch', 'unfinished']);
    expect(await panels.rows('Lag', recent)).toEqual([{ Lag: 12 }]);
    await pipeline.query(`update etl_batches set planned_at = planned_at - interval '5 minutes'`);
    const stalled = await panels.rows('Lag by partition', recent);
    expect(stalled.reduce((sum, { Lag }) => sum + Number(Lag), 0)).toBe(12);
    for (const { 'As of': age } of stalled) expect(Number(age)).toBeGreaterThanOrEqual(300);
    await pipeline.batch(['run', '--batch', 'unfinished']);
    expect(await panels.rows('Lag', recent)).toEqual([{ Lag: 0 }]);
  });

  test('shows the age of the newest sale and the free space', async () => {
    const [age] = await panels.rows('Age of the newest sale', recent);
    expect(Number(age?.['Age of the newest sale'])).toBeLessThan(120);
    const [free] = await panels.rows('Staging area, free', recent);
    expect(Number(free?.['Free'])).toBeGreaterThan(0);
  });

  test('shows the differences of the last reconciliation only', async () => {
    expect(await panels.rows('Differences found', recent)).toEqual([]);
    for (const [minutesAgo, differences] of [
      [5, 4],
      [1, 0],
    ]) {
      await pipeline.query(
        `insert into etl_reconciliations (
           started_at, finished_at, is_deep, checked_batch_count, checked_transaction_count, difference_count,
           differences, code_version
         ) values (
           now() - make_interval(mins => $1), now() - make_interval(mins => $1), true, 2, 42, $2,
           '[{"message": "a roll-up differs"}]', 'test'
         )`,
        [minutesAgo, Math.max(differences ?? 0, 1)],
      );
    }
    expect(await panels.rows('Differences found', recent)).toEqual([{ Differences: 1 }]);
    const rows = await panels.rows('Reconciliations', recent);
    expect(rows.map(({ Kind, Differences }) => [Kind, Differences])).toEqual([
      ['deep', 1],
      ['deep', 4],
    ]);
    expect(rows[0]?.['First difference']).toBe('a roll-up differs');
  });
});

test('sales taxed by an unverified rate are counted, by the rules of today', async () => {
  const title = 'Charged by unverified tax rates';
  expect(await panels.rows(title, view)).toEqual([]);
  await pipeline.query(`
    insert into tax_rates (country, product_category, rate, valid_from, source, is_verified)
    values ('BV', '*', 0.1, '2015-01-01', 'A; B', true), ('BV', 'books', 0.05, '2015-01-01', 'hearsay', false)`);
  await pipeline.query(`
    insert into tax_per_day values
      ('2026-11-22', '', 'toys', 0.085, 7, 70, 5.95),
      ('2026-11-22', 'BV', 'toys', 0.1, 1, 10, 1),
      ('2026-11-22', 'BV', 'games', 0.2, 2, 20, 4),
      ('2026-11-22', 'BV', 'books', 0.05, 3, 30, 1.5),
      ('2026-11-20', 'BV', 'books', 0.05, 99, 99, 4.95)`);
  const rows = await panels.rows(title, view);
  expect(
    rows.map((row) => [row['Country'], row['Category'], Number(row['Rate']), Number(row['Transactions'])]),
  ).toEqual([
    ['BV', 'games', 0.2, 2],
    ['BV', 'books', 0.05, 3],
  ]);
});
