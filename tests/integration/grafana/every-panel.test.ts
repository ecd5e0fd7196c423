import { readdir } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { dashboardsFolder } from '../../../grafana/src/dashboards-folder.ts';
import { readDashboard } from '../../../grafana/src/read-dashboard.ts';
import { aTransaction } from '../../support/messages.ts';
import { openPipeline } from '../../support/pipeline.ts';
import { PanelReader, type View } from './panel-reader.ts';
import { openReader, openUsedPipeline } from './sold.ts';

const files = await readdir(dashboardsFolder);
const dashboards = await Promise.all(files.map((file) => readDashboard(file.replace('.json', ''))));

const minute = 60_000;
const now = Date.now();
const lastDay: View = { from: new Date(now - 1440 * minute), to: new Date(now + minute), intervalMs: minute };
const views: readonly (readonly [string, View])[] = [
  ['everything', lastDay],
  ['a time range without sales', { ...lastDay, from: new Date('2020-01-01'), to: new Date('2020-01-02') }],
  ['a time range that ends before it begins', { ...lastDay, from: lastDay.to, to: lastDay.from }],
  ['five minutes', { ...lastDay, from: new Date(now - 5 * minute), intervalMs: 30_000 }],
  ['ninety days', { ...lastDay, from: new Date(now - 90 * 1440 * minute), intervalMs: 7_200_000 }],
  [
    'chosen values',
    { ...lastDay, chosen: { category: ['books', 'toys'], country: ['unknown'], currency: ['JPY', 'GBP'] } },
  ],
  ['a batch and a customer', { ...lastDay, chosen: { batch: ['batch-2'], customer: ['customer-3'] } }],
  ['a batch and a customer that do not exist', { ...lastDay, chosen: { batch: ['none'], customer: ['none'] } }],
  [
    'values with quotes',
    {
      ...lastDay,
      chosen: {
        category: ["'); select pg_sleep(9); --", "it's"],
        batch: ["'); select pg_sleep(9); --"],
        customer: ["it's"],
      },
    },
  ],
];

const opened = new AsyncDisposableStack();
const readers = new Map<string, PanelReader>();

beforeAll(async () => {
  const pipeline = opened.use(await openUsedPipeline());
  const { client } = opened.use(await openReader(pipeline));
  for (const dashboard of dashboards) readers.set(dashboard.uid, new PanelReader(dashboard, client));
});

afterAll(() => opened.disposeAsync());

function readerOf(uid: string): PanelReader {
  const reader = readers.get(uid);
  if (reader === undefined) throw new Error(`no dashboard has the uid ${uid}`);
  return reader;
}

describe.each(dashboards)('$title:', ({ uid, panels, templating }) => {
  describe.each(panels.map(({ title }) => title))('%s', (title) => {
    test.each(views)('is answered for %s', async (_, view) => {
      await expect(readerOf(uid).rows(title, view)).resolves.toBeInstanceOf(Array);
    });
  });

  test.each(panels.filter(({ id }) => !mayBeEmpty.has(`${uid} ${id}`)))('$title shows something', async ({ title }) => {
    const rows = await readerOf(uid).rows(title, lastDay);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.some((row) => Object.values(row).some((value) => value !== null))).toBe(true);
  });

  test.each(panels)('$title has each column that its overrides describe', async ({ title, fieldConfig }) => {
    const [row] = await readerOf(uid).rows(title, lastDay);
    if (row === undefined) return;
    const named = fieldConfig.overrides.filter(({ matcher }) => matcher.id === 'byName');
    expect(Object.keys(row)).toEqual(expect.arrayContaining(named.map(({ matcher }) => matcher.options)));
  });

  const withChoices = templating.list.filter(({ type }) => type === 'query').map(({ name }) => name);
  test.each(withChoices)('the variable %s offers what there is', async (name) => {
    expect((await readerOf(uid).options(name, lastDay)).map(String)).toContain(offered[name] ?? 'unknown');
  });
});

describe('every figure is a finite number', () => {
  test.each([
    ['in a warehouse that nobody has used yet', []],
    ['after an empty batch', [[]]],
    ['after one sale', [[aTransaction()]]],
    ['after a sale of last week, and a record that is no sale', [[aTransaction({ timestamp: daysAgo(7) })], [noSale]]],
    ['after two sales a day apart, the newer one flagged', [[aTransaction({ timestamp: daysAgo(1.5) }), aBigSale]]],
  ])('%s', async (_, batches) => {
    await using pipeline = await openPipeline();
    await using reader = await openReader(pipeline);
    for (const [index, records] of batches.entries()) {
      await pipeline.publish(records);
      await pipeline.batch(['run', '--batch', `batch-${index}`]);
    }
    const soon: View = { ...lastDay, from: new Date(now + minute), to: new Date(now + 2 * minute) };
    for (const dashboard of dashboards) {
      const panels = new PanelReader(dashboard, reader.client);
      for (const view of [lastDay, { ...lastDay, from: new Date(now - 7 * 1440 * minute) }, soon]) {
        for (const { title } of dashboard.panels) expect(oddCells(title, await panels.rows(title, view))).toEqual([]);
      }
    }
  });

  test('and one that is none is found', () => {
    const rows = [{ Share: Infinity }, { Share: Number.NaN }, { Share: '∞ %' }, { Share: 0.5, Reason: 'Information' }];
    expect(oddCells('Sales', rows)).toEqual(['Sales: Infinity', 'Sales: NaN', 'Sales: ∞ %']);
  });
});

function daysAgo(days: number): string {
  return new Date(now - days * 1440 * minute).toISOString();
}

const noSale = { value: 'no JSON' };
const aBigSale = aTransaction({ amount: '999999', customer_id: 'customer-2' });

/** Cells that hold the result of a division by zero, as number or text. */
function oddCells(title: string, rows: readonly Readonly<Record<string, unknown>>[]): string[] {
  const odd = /\b(nan|infinity)\b|∞|#/i;
  return rows
    .flatMap((row) => Object.values(row))
    .filter((cell) => (typeof cell === 'number' ? !Number.isFinite(cell) : typeof cell === 'string' && odd.test(cell)))
    .map((cell) => `${title}: ${String(cell)}`);
}

/** Nothing failed, nobody reconciled. */
const mayBeEmpty: ReadonlySet<string> = new Set([
  'pipeline-health 28',
  'batch 8',
  'pipeline-health 11',
  'pipeline-health 12',
  'pipeline-health 14',
  'pipeline-health 15',
  'pipeline-health 23',
  'pipeline-health 24',
]);

/** Among other values; an optional dimension offers `unknown` for the sales without one. */
const offered: Readonly<Record<string, string>> = {
  category: "children's",
  country: 'unknown',
  currency: 'JPY',
  base_currency: 'USD',
  schedule_seconds: '30',
};
