import { afterAll, beforeAll, expect, test } from 'vitest';

import { readDashboard } from '../../../grafana/src/read-dashboard.ts';
import { migratedWarehouse, openClient, type OpenClient } from '../../support/warehouse.ts';
import { amountOf, PanelReader } from './panel-reader.ts';
import { aSale, insertSale } from './sales.ts';

const dashboard = await readDashboard('sales-pulse');
const opened = new AsyncDisposableStack();
let owner: OpenClient;
let panels: PanelReader;

const firstMs = Date.parse('2026-11-20T07:30:00Z');
const stepMs = 13 * 60_000 + 7_000;

beforeAll(async () => {
  const warehouse = opened.use(await migratedWarehouse());
  owner = opened.use(await openClient(warehouse.url));
  const reader = opened.use(await openClient(warehouse.url, warehouse.roles.reader));
  // A session's time zone that is half an hour off must not move an hour.
  await reader.client.query("set time zone 'Asia/Kolkata'");
  panels = new PanelReader(dashboard, reader.client);
  await owner.client.query('begin');
  for (let index = 0; index < 300; index += 1) {
    const at = new Date(firstMs + index * stepMs);
    await insertSale(owner.client, aSale({ orderId: `order-${index}`, at, amount: 1 + index, amountBase: 1 + index }));
  }
  await owner.client.query('commit');
});

afterAll(() => opened.disposeAsync());

const ranges = [
  ['whole hours', '2026-11-20T08:00:00Z', '2026-11-20T19:00:00Z'],
  ['minutes at both ends', '2026-11-20T08:17:00Z', '2026-11-21T19:44:00Z'],
  ['seconds at both ends', '2026-11-20T08:17:31.250Z', '2026-11-22T09:44:12Z'],
  ['within an hour', '2026-11-20T09:05:00Z', '2026-11-20T09:50:00Z'],
  ['across one full hour', '2026-11-20T09:50:00Z', '2026-11-20T10:05:00Z'],
  ['no full hour, though two are touched', '2026-11-20T09:20:30Z', '2026-11-20T10:40:30Z'],
  ['all of it', '2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z'],
  ['up to a full hour', '2026-11-20T09:20:00Z', '2026-11-20T10:00:00Z'],
  ['that ends before it begins', '2026-11-21T10:00:00Z', '2026-11-20T10:00:00Z'],
] as const;

/** By the minute of the sale: minutes that begin in the range. */
const facts = `
  select count(*)::int as count, coalesce(sum(amount_base), 0)::float8 as revenue
  from transactions
  where date_trunc('minute', transaction_timestamp) >= $1 and date_trunc('minute', transaction_timestamp) < $2`;

test.each(ranges)('sums are exact to the minute: a range of %s', async (_, from, to) => {
  const view = { from: new Date(from), to: new Date(to), intervalMs: 60_000 };
  const [expected] = await panels.rows('Sales by currency, converted (${base_currency})', view);
  const { rows } = await owner.client.query<{ count: number; revenue: number }>(facts, [from, to]);
  expect({ count: expected?.['Transactions'] ?? 0, revenue: amountOf(expected?.['Base currency'] ?? 0) }).toEqual(
    rows[0],
  );
});

test.each(ranges)('the newest fifty sales are those of the facts: a range of %s', async (_, from, to) => {
  const shown = await panels.rows('Recent transactions', {
    from: new Date(from),
    to: new Date(to),
    intervalMs: 60_000,
  });
  const { rows } = await owner.client.query<{ order_id: string }>(
    `select order_id from transactions where transaction_timestamp between $1 and $2
     order by transaction_timestamp desc limit 50`,
    [from, to],
  );
  expect(shown.map(({ Order }) => Order)).toEqual(rows.map(({ order_id: orderId }) => orderId));
});

async function count(...range: Date[]): Promise<number> {
  const { rows } = await owner.client.query<{ count: number }>(facts, range);
  return rows[0]?.count ?? 0;
}

test('a day against the day before is exact to the minute', async () => {
  const to = new Date('2026-11-22T09:44:00Z');
  const yesterday = new Date('2026-11-21T09:44:00Z');
  const shown = await panels.rows('Transactions, 24 h', { from: yesterday, to, intervalMs: 60_000 });
  const [today, dayBefore] = [await count(yesterday, to), await count(new Date('2026-11-20T09:44:00Z'), yesterday)];
  const change = (100 * (today - dayBefore)) / dayBefore;
  // Precise enough to see one transaction more or less.
  expect(shown).toEqual([{ time: to, metric: `+${change.toFixed(1)} % on the day before`, Transactions: today }]);
});

test('over more than 25 hours a graph has a point an hour, and no sale less', async () => {
  const view = { from: new Date('2026-11-20T00:30:00Z'), to: new Date('2026-11-22T20:30:00Z'), intervalMs: 300_000 };
  const points = await panels.rows('Transactions a minute', view);
  expect(points).toHaveLength(67);
  expect(points[0]?.['time']).toEqual(new Date('2026-11-20T01:00:00Z'));
  expect(points.at(-1)?.['time']).toEqual(new Date('2026-11-22T19:00:00Z'));
  const { rows } = await owner.client.query<{ count: number }>(facts, ['2026-11-20T01:00:00Z', '2026-11-22T20:00:00Z']);
  const drawn = points.reduce((sum, { Transactions }) => sum + Number(Transactions) * 60, 0);
  expect(drawn).toBeCloseTo(rows[0]?.count ?? 0, 6);
});

test('wider points over a long range are whole hours', async () => {
  const view = { from: new Date('2026-11-20T00:00:00Z'), to: new Date('2026-11-23T12:00:00Z'), intervalMs: 5_400_000 };
  const points = await panels.rows('Transactions a minute', view);
  expect(points.map(({ time }) => new Date(String(time)).getTime() % 7_200_000)).toEqual(points.map(() => 0));
});
