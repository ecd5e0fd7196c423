import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { dashboardFiles } from '../../grafana/src/generated-files.ts';
import { aTransaction } from '../support/messages.ts';
import { openPipeline, type Pipeline } from '../support/pipeline.ts';
import { runProducer } from '../support/programs.ts';
import { migratedWarehouse } from '../support/warehouse.ts';
import { openBrowser } from './browser.ts';
import { startPreview, type Preview } from './preview.ts';
import { panel, panelText, visit } from './visit.ts';

const uids = [...dashboardFiles().keys()].map((name) => name.replace('.json', ''));

/** Customers as other systems name them: a UUID, an id of fifty characters, and one of digits alone. */
const customers = ['8e638914-76cb-4f72-95cd-cd223fbacd46', 'c0ffee'.repeat(8).padEnd(50, '0'), '00420000000000000017'];

/** An amount of each number of decimals; the large one raises an alert. */
const amounts = [
  ['JP', 'JPY', '1001'],
  ['KW', 'KWD', '3.333'],
  ['US', 'USD', '12'],
  ['US', 'USD', '99999'],
] as const;

const opened = new AsyncDisposableStack();
let pipeline: Pipeline;
let browser: Browser;
let preview: Preview;

/** A stack a minute after its start: the day of history that the producer begins with, and a few sales of now. */
beforeAll(async () => {
  pipeline = opened.use(await openPipeline());
  const dayAgo = new Date(Date.now() - 24 * 3_600_000).toISOString();
  const history = [
    '--count',
    '600',
    '--seed',
    '7',
    '--start-time',
    dayAgo,
    '--time-span',
    '24h',
    '--malformed-share',
    '0',
  ];
  const { exitCode, stderr } = await runProducer(history, { env: pipeline.env });
  if (exitCode !== 0) throw new Error(`the producer ended with ${exitCode}:\n${stderr}`);
  const now = customers.flatMap((customer_id) =>
    amounts.map(([country, currency, amount]) => aTransaction({ customer_id, country, currency, amount })),
  );
  await pipeline.publish(now);
  await pipeline.batch(['run', '--batch', 'scheduled__2026-11-30T09:30:00.123456+00:00']);
  preview = opened.use(await startPreview(pipeline.env['WAREHOUSE_DATABASE_URL'] ?? ''));
  browser = opened.use(await openBrowser());
});

afterAll(() => opened.disposeAsync());

describe.each([
  ['a stack a minute old', () => preview.url],
  ['a warehouse that nobody has used yet', startUnused],
])('%s', (_, urlOf) => {
  test.each(uids)('%s shows no figure that was divided by zero', async (uid) => {
    await using visited = await visit(browser, await urlOf(), { uid });
    expect(await visited.page.locator('body').innerText()).not.toMatch(/∞|\bNaN\b|Infinity|undefined/);
    expect(visited.errors).toEqual([]);
  });
});

async function startUnused(): Promise<string> {
  const warehouse = opened.use(await migratedWarehouse());
  return opened.use(await startPreview(warehouse.url)).url;
}

const idColumns: ReadonlySet<string> = new Set(['Customer', 'Order', 'Batch']);

test.each([
  ['sales-pulse', 14, ['Customer']],
  ['sales-pulse', 12, ['Order', 'Customer']],
  ['sales-pulse', 13, ['Order', 'Customer', 'Batch']],
  ['fraud', 11, ['Customer']],
  ['fraud', 12, ['Order', 'Customer']],
  ['fraud', 13, ['Customer']],
  ['fraud', 15, ['Order', 'Batch']],
  ['fraud', 16, ['Order', 'Batch']],
  ['pipeline-health', 22, ['Batch']],
  ['batch', 7, ['Batch']],
])('%s: ids in the table %d are whole at 1440 pixels', async (uid, id, columns) => {
  await using visited = await visit(browser, preview.url, { uid, width: 1440 });
  const cells = (await cellsOf(visited.page, id)).filter(({ column }) => idColumns.has(column));
  expect(new Set(cells.map(({ column }) => column))).toEqual(new Set(columns));
  expect(cells.filter(({ isCut }) => isCut)).toEqual([]);
});

test('an id of digits is text, and amounts have the decimals of their currency', async () => {
  await using visited = await visit(browser, preview.url, { uid: 'sales-pulse' });
  const texts = (await cellsOf(visited.page, 12)).map(({ text }) => text);
  expect(texts).toEqual(expect.arrayContaining([...customers, '1,001', '3.333', '12.00', '99,999.00', '0.000']));
});

test('nothing looks like an outage, and no day is compared with one before the first sale', async () => {
  // The tests before this one take minutes.
  await pipeline.batch(['run', '--batch', 'next']);
  await using visited = await visit(browser, preview.url, { uid: 'pipeline-health' });
  const states = await visited.page.getByText(/^(outdated|overdue|late)$/).count();
  expect(states).toBe(0);
  expect(await panelText(visited.page, 2)).toMatch(/^Age of the newest sale\n[\d.]+ (s|mins?)$/);
  await using sales = await visit(browser, preview.url, { uid: 'sales-pulse' });
  for (const id of [1, 2, 3, 4, 5]) expect(await panelText(sales.page, id)).toContain('nothing to compare');
});

interface Cell {
  readonly column: string;
  readonly text: string;
  readonly isCut: boolean;
}

/** The cells of a table that are in view, each with the name of its column. */
async function cellsOf(page: Page, id: number): Promise<Cell[]> {
  const table = panel(page, id);
  const names = await table
    .getByRole('columnheader')
    .evaluateAll((all) => all.map((one) => [one.getAttribute('aria-colindex'), one.textContent ?? ''] as const));
  const columns = new Map(names);
  const cells = await table.getByRole('gridcell').evaluateAll((all) =>
    all.map((one) => ({
      index: one.getAttribute('aria-colindex'),
      text: one.textContent?.trim() ?? '',
      isCut: one.scrollWidth > one.clientWidth,
    })),
  );
  return cells.map(({ index, ...cell }) => ({ ...cell, column: columns.get(index) ?? '' }));
}
