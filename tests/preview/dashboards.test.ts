import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { dashboardFiles } from '../../grafana/src/generated-files.ts';
import { readDashboard } from '../../grafana/src/read-dashboard.ts';
import type { Pipeline } from '../support/pipeline.ts';
import { openBrowser } from './browser.ts';
import { startPreview, type Preview } from './preview.ts';
import { shownNumber } from './shown-number.ts';
import { hostile, openSoldPipeline } from './sold-warehouse.ts';
import { figureOf, panel, panelText, settled, visit, type Look } from './visit.ts';

const uids = [...dashboardFiles().keys()].map((name) => name.replace('.json', ''));
const dashboards = await Promise.all(uids.map(readDashboard));

/** A day that ends with a minute, so that roll-ups and facts have the same bounds. */
const minuteMs = 60_000;
const to = new Date(Math.ceil(Date.now() / minuteMs) * minuteMs + 10 * minuteMs);
const from = new Date(to.getTime() - 24 * 60 * minuteMs);
const thatDay = { from: String(from.getTime()), to: String(to.getTime()) };

const opened = new AsyncDisposableStack();
let pipeline: Pipeline;
let preview: Preview;
let browser: Browser;

beforeAll(async () => {
  pipeline = opened.use(await openSoldPipeline());
  preview = opened.use(await startPreview(pipeline.env['WAREHOUSE_DATABASE_URL'] ?? ''));
  browser = opened.use(await openBrowser());
});

afterAll(() => opened.disposeAsync());

const look = (uid: string, more: Partial<Look> = {}): ReturnType<typeof visit> =>
  visit(browser, preview.url, { uid, search: thatDay, ...more });

test('the server answers within five seconds of its start', () => {
  expect(preview.startMs).toBeLessThan(5000);
});

describe.each(dashboards)('$title', ({ uid, panels }) => {
  describe.each([1440, 800])('%d pixels wide', (width) => {
    test.each(['dark', 'light'] as const)('draws every panel in the %s theme', async (theme) => {
      await using visited = await look(uid, { width, theme, search: { ...thatDay, 'var-batch': 'batch-2' } });
      const { page, errors } = visited;
      const empty = [];
      for (const { id, title } of panels) {
        const [heading, ...shown] = (await panelText(page, id)).split('\n');
        expect(heading).toBe(shownTitle(title));
        if (shown.length === 0 && (await panel(page, id).locator('canvas').count()) === 0) empty.push(title);
      }
      expect(empty).toEqual([]);
      expect(await page.locator(panelTitles).count()).toBe(panels.length);
      expect(await cutTitles(page)).toEqual([]);
      expect(await page.locator('[data-viz-panel-key]').count()).toBe(panels.length);
      expect(await page.getByTestId(/Panel status error/).count()).toBe(0);
      expect(errors).toEqual([]);
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
      expect(overflow).toBeLessThanOrEqual(0);
      await keepScreenshot(page, `${uid}-${width}-${theme}`);
    });
  });
});

describe('the figures are those of the warehouse:', () => {
  const sales = 'where transaction_timestamp >= $1 and transaction_timestamp < $2';
  const loads = "where state = 'loaded' and loaded_at >= $1 and loaded_at < $2";
  const alerts = `from fraud_alerts ${sales}`;
  test.each([
    ['sales-pulse', 'Transactions, 24 h', `select count(*) from transactions ${sales}`],
    ['sales-pulse', 'Revenue, 24 h (USD)', `select sum(amount_base) from transactions ${sales}`],
    ['sales-pulse', 'Average order, 24 h (USD)', `select avg(amount_base) from transactions ${sales}`],
    ['sales-pulse', 'Tax collected, 24 h (USD)', `select sum(tax_amount_base) from transactions ${sales}`],
    ['sales-pulse', 'Flagged as fraud, 24 h', `select avg(is_fraud_flagged::int) from transactions ${sales}`],
    ['fraud', 'Alerts', `select count(*) ${alerts}`],
    ['fraud', 'To be blocked', `select count(*) filter (where decision = 'block') ${alerts}`],
    ['fraud', 'Flagged', `select avg(is_fraud_flagged::int) from transactions ${sales}`],
    ['fraud', 'Amount flagged (USD)', `select sum(amount_base) ${alerts}`],
    ['pipeline-health', 'Rejected', `select sum(rejected_count) / sum(read_count) from etl_batches ${loads}`],
    [
      'pipeline-health',
      'Open incidents',
      'select count(*) from etl_incidents where resolved_at is null and $1 < $2::timestamptz',
    ],
    ['pipeline-health', 'Holes', `select sum(hole_count) from etl_batches ${loads}`],
  ])('%s, %s', async (uid, title, sql) => {
    const id = dashboards
      .find((dashboard) => dashboard.uid === uid)
      ?.panels.find((one) => shownTitle(one.title) === title)?.id;
    await using visited = await look(uid);
    const shown = shownNumber(await figureOf(visited.page, id ?? 0));
    const [row] = await pipeline.query<Record<string, string>>(sql, [from, to]);
    const [expected] = Object.values(row ?? {}).map(Number);
    expect(Math.abs((expected ?? Number.NaN) - shown.value)).toBeLessThanOrEqual(shown.tolerance);
  });
});

describe('the text of a sale is never HTML:', () => {
  test.each(['sales-pulse', 'fraud'])('%s', async (uid) => {
    const search = { ...thatDay, 'var-customer': hostile };
    await using visited = await look(uid, { search });
    const { page, errors } = visited;
    expect(await page.getByText(hostile).count()).toBeGreaterThan(0);
    // The tooltip of a figure or a bar, too.
    await page.getByText(hostile).filter({ visible: true }).first().hover({ force: true });
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    expect(await page.title()).not.toBe('taken');
    expect(errors).toEqual([]);
  });
});

test('SQL in a variable is a value that no sale has', async () => {
  const injected = "'); delete from transactions; --";
  const [before] = await pipeline.query('select count(*) from transactions');
  await using visited = await look('sales-pulse', { search: { ...thatDay, 'var-category': injected } });
  expect(await figureOf(visited.page, 1)).toBe('0');
  expect(await visited.page.getByTestId(/Panel status error/).count()).toBe(0);
  expect(visited.errors).toEqual([]);
  expect(await pipeline.query('select count(*) from transactions')).toEqual([before]);
});

test('a chosen value narrows every panel', async () => {
  await using visited = await look('sales-pulse', { search: { ...thatDay, 'var-category': 'books' } });
  const [row] = await pipeline.query<{ count: string }>(
    `select count(*) from transactions
     where transaction_timestamp >= $1 and transaction_timestamp < $2 and product_category = 'books'`,
    [from, to],
  );
  const shown = shownNumber(await figureOf(visited.page, 1));
  expect(Math.abs(Number(row?.count) - shown.value)).toBeLessThanOrEqual(shown.tolerance);
});

test('a batch in a table leads to its page, for the same time', async () => {
  await using visited = await look('pipeline-health');
  const { page } = visited;
  await page.getByRole('link', { name: 'batch-of-html' }).first().click();
  await page.waitForURL(/\/d\/batch\b.*var-batch=batch-of-html/);
  await settled(page);
  expect(timeOf(page.url())).toEqual([from, to]);
  expect(await page.locator('h1').innerText()).toBe('Batch');
});

test('the menu leads to the other dashboards, for the same time and variables', async () => {
  await using visited = await look('sales-pulse', { search: { ...thatDay, 'var-category': 'books' } });
  const { page } = visited;
  await page.getByText('Global Sales Pulse').click();
  await page.getByRole('menuitem', { name: 'Fraud' }).click();
  await page.waitForURL(/\/d\/fraud\b/);
  expect(timeOf(page.url())).toEqual([from, to]);
  expect(new URL(page.url()).searchParams.get('var-category')).toBe('books');
});

const panelTitles = '[data-viz-panel-key] h2';

/** Titles of panels that are wider than their panel. */
async function cutTitles(page: Awaited<ReturnType<typeof visit>>['page']): Promise<string[]> {
  return page
    .locator(panelTitles)
    .evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent ?? ''));
}

/** A title with the base currency of the test's pipeline in it. */
function shownTitle(title: string): string {
  return title.replace('${base_currency}', 'USD');
}

/** The time range in an address, in milliseconds or in ISO 8601. */
function timeOf(address: string): Date[] {
  const { searchParams } = new URL(address);
  const texts = ['from', 'to'].map((name) => searchParams.get(name) ?? '');
  return texts.map((text) => new Date(/^\d+$/.test(text) ? Number(text) : text));
}

/** For people: TEST_SCREENSHOTS names a folder that gets a picture of each dashboard. */
async function keepScreenshot(page: Awaited<ReturnType<typeof visit>>['page'], name: string): Promise<void> {
  const folder = env['TEST_SCREENSHOTS'] ?? '';
  if (folder === '') return;
  await mkdir(folder, { recursive: true });
  const lowest = await page
    .locator('[data-viz-panel-key]')
    .evaluateAll((all) => Math.max(...all.map((one) => one.getBoundingClientRect().bottom)));
  await page.screenshot({
    path: join(folder, `${name}.png`),
    clip: { x: 0, y: 0, width: page.viewportSize()?.width ?? 0, height: lowest + 16 },
  });
}
