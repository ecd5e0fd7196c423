import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readDashboard } from '../../../grafana/src/read-dashboard.ts';
import { migratedWarehouse, openClient, type OpenClient } from '../../support/warehouse.ts';
import { PanelReader, type View } from './panel-reader.ts';
import { aSale, insertLoadedBatch, insertSale } from './sales.ts';

const dashboard = await readDashboard('sales-pulse');

/** The dashboard looked at ten minutes after ten o'clock, for the 24 hours before. */
const lastDay: View = {
  from: new Date('2026-11-21T10:10:00Z'),
  to: new Date('2026-11-22T10:10:00Z'),
  intervalMs: 60_000,
};
const beforeAnySale: View = {
  ...lastDay,
  from: new Date('2020-01-01T00:00:00Z'),
  to: new Date('2020-01-02T00:00:00Z'),
};
const narrowed: View = { ...lastDay, chosen: { category: ['books', 'toys'], country: ['unknown'], currency: ['JPY'] } };
const quoted: View = { ...lastDay, chosen: { category: ["'); select pg_sleep(9); --", "it's"] } };

const sales = [
  aSale({ orderId: 'day-before', at: new Date('2026-11-20T12:00:00Z'), amount: 80, amountBase: 80, taxBase: 5 }),
  aSale({ orderId: 'first', at: new Date('2026-11-22T10:01:05Z') }),
  aSale({ orderId: 'second', at: new Date('2026-11-22T10:01:50Z'), amount: 20, amountBase: 20, taxBase: 1.5 }),
  aSale({
    orderId: 'flagged',
    at: new Date('2026-11-22T10:03:00Z'),
    category: 'toys',
    currency: 'JPY',
    country: '',
    amount: 30_000,
    tax: 3000,
    amountBase: 200.25,
    taxBase: 20,
    isFlagged: true,
  }),
  aSale({ orderId: 'euro', at: new Date('2026-11-22T10:04:59Z'), category: "it's", currency: 'EUR', country: 'DE' }),
  aSale({ orderId: 'after', at: new Date('2026-11-22T10:11:00Z'), amountBase: 9999 }),
];

const opened = new AsyncDisposableStack();
let owner: OpenClient;
let panels: PanelReader;

beforeAll(async () => {
  const warehouse = opened.use(await migratedWarehouse());
  owner = opened.use(await openClient(warehouse.url));
  const reader = opened.use(await openClient(warehouse.url, warehouse.roles.reader));
  panels = new PanelReader(dashboard, reader.client);
  for (const sale of sales) await insertSale(owner.client, sale);
});

afterAll(() => opened.disposeAsync());

describe.each(dashboard.panels.map(({ title }) => title))('%s', (title) => {
  test.each([
    ['everything', lastDay],
    ['a time range without sales', beforeAnySale],
    ['a time range that ends before it begins', { ...lastDay, to: lastDay.from, from: lastDay.to }],
    ['a time range of five minutes', { ...lastDay, from: new Date('2026-11-22T10:00:30Z') }],
    ['a time range of ninety days', { ...lastDay, from: new Date('2026-08-24T10:10:00Z'), intervalMs: 7_200_000 }],
    ['chosen values', narrowed],
    ['values with quotes', quoted],
    ['values that never occurred', { ...lastDay, chosen: { country: ['XX'] } }],
  ])('is answered for %s', async (_, view) => {
    await expect(panels.rows(title, view)).resolves.toBeInstanceOf(Array);
  });
});

const nothing = 'nothing to compare';

describe('the headline compares 24 hours with the day before:', () => {
  const today = new Date('2026-11-22T10:10:00Z');

  test.each([
    ['Transactions, 24 h', 'Transactions', 4, '+300.0 % on the day before'],
    ['Revenue, 24 h (${base_currency})', 'Revenue', 420.25, '+425.3 % on the day before'],
    ['Average order, 24 h (${base_currency})', 'Average order', 105.0625, '+31.3 % on the day before'],
    ['Tax collected, 24 h (${base_currency})', 'Tax', 38.5, '+670.0 % on the day before'],
  ])('%s', async (title, name, value, change) => {
    expect(await panels.rows(title, lastDay)).toEqual([{ time: today, metric: change, [name]: value }]);
  });

  test('a figure that was 0 is nothing to compare with', async () => {
    expect(await panels.rows('Flagged as fraud, 24 h', lastDay)).toEqual([
      { time: today, metric: nothing, 'Flagged rate': 0.25 },
    ]);
  });

  test.each([
    ['Transactions, 24 h', 'Transactions', 1],
    ['Revenue, 24 h (${base_currency})', 'Revenue', 200.25],
    ['Average order, 24 h (${base_currency})', 'Average order', 200.25],
    ['Tax collected, 24 h (${base_currency})', 'Tax', 20],
    ['Flagged as fraud, 24 h', 'Flagged rate', 1],
  ])('%s, narrowed to sales that had none the day before', async (title, name, value) => {
    expect(await panels.rows(title, narrowed)).toEqual([{ time: today, metric: nothing, [name]: value }]);
  });

  test.each([
    ['Transactions, 24 h', 'Transactions', 0],
    ['Revenue, 24 h (${base_currency})', 'Revenue', 0],
    ['Average order, 24 h (${base_currency})', 'Average order', null],
    ['Tax collected, 24 h (${base_currency})', 'Tax', 0],
    ['Flagged as fraud, 24 h', 'Flagged rate', null],
  ])('%s, without any sale', async (title, name, value) => {
    expect(await panels.rows(title, beforeAnySale)).toEqual([
      { time: beforeAnySale.to, metric: nothing, [name]: value },
    ]);
  });

  const anyHour = Array.from({ length: 24 }, (_, hour) => hour + 0.5);
  test.each([
    ['a fall is negative', [...anyHour, ...anyHour.map((hour) => 24 + hour), 30, 31], '-7.7 % on the day before'],
    [
      'a day in whose course sales began is not compared with, whatever late sales it has',
      [...anyHour, 26, 30],
      nothing,
    ],
  ])('%s', async (_, hoursAgo, metric) => {
    await using warehouse = await migratedWarehouse();
    await using other = await openClient(warehouse.url);
    for (const hours of hoursAgo) {
      const at = new Date(lastDay.to.getTime() - hours * 3_600_000);
      await insertSale(other.client, aSale({ orderId: `hour-${hours}`, at }));
    }
    const [row] = await new PanelReader(dashboard, other.client).rows('Transactions, 24 h', lastDay);
    expect(row).toMatchObject({ metric, Transactions: 24 });
  });
});

describe('the graphs', () => {
  const eightMinutes: View = {
    ...lastDay,
    from: new Date('2026-11-22T10:00:30Z'),
    to: new Date('2026-11-22T10:06:10Z'),
  };

  test('count each whole minute but the last, with zero where nothing was sold', async () => {
    const rows = await panels.rows('Transactions a minute', eightMinutes);
    expect(rows).toEqual([
      { time: new Date('2026-11-22T10:01:00Z'), Transactions: 2 },
      { time: new Date('2026-11-22T10:02:00Z'), Transactions: 0 },
      { time: new Date('2026-11-22T10:03:00Z'), Transactions: 1 },
      { time: new Date('2026-11-22T10:04:00Z'), Transactions: 1 },
    ]);
  });

  test('average over wider intervals', async () => {
    const rows = await panels.rows('Revenue a minute (${base_currency})', { ...lastDay, intervalMs: 300_000 });
    expect(rows).toHaveLength(287);
    expect(rows.at(-1)).toEqual({ time: new Date('2026-11-22T10:00:00Z'), Revenue: 84.05 });
    expect(rows.filter(({ Revenue }) => Revenue !== 0)).toHaveLength(1);
  });
});

describe('the breakdowns', () => {
  test('order categories by revenue', async () => {
    expect(await panels.rows('Revenue by category (${base_currency})', lastDay)).toEqual([
      { Category: 'toys', Revenue: 200.25 },
      { Category: 'books', Revenue: 120 },
      { Category: "it's", Revenue: 100 },
    ]);
  });

  test('name the country that a message does not name unknown', async () => {
    expect(await panels.rows('Revenue by country (${base_currency})', lastDay)).toEqual([
      { Country: 'unknown', Revenue: 200.25 },
      { Country: 'US', Revenue: 120 },
      { Country: 'DE', Revenue: 100 },
    ]);
  });

  test('keep each currency for itself', async () => {
    const rows = await panels.rows('Sales by currency, converted (${base_currency})', {
      ...lastDay,
      chosen: { category: ['toys', "it's"] },
    });
    expect(rows).toEqual([
      {
        Currency: 'JPY',
        Transactions: 1,
        'Own currency': '30,000',
        'Tax, own currency': '3,000',
        'Base currency': '200.25',
        'Of all': expect.closeTo(200.25 / 300.25, 12),
      },
      {
        Currency: 'EUR',
        Transactions: 1,
        'Own currency': '100.00',
        'Tax, own currency': '8.50',
        'Base currency': '100.00',
        'Of all': expect.closeTo(100 / 300.25, 12),
      },
    ]);
  });
});

describe('the tables', () => {
  test('list the newest sales of the time range first', async () => {
    const rows = await panels.rows('Recent transactions', lastDay);
    expect(rows.map(({ Order }) => Order)).toEqual(['euro', 'flagged', 'second', 'first']);
    expect(rows[1]).toEqual({
      Time: new Date('2026-11-22T10:03:00Z'),
      Order: 'flagged',
      Customer: 'customer-1',
      Category: 'toys',
      Country: 'unknown',
      Currency: 'JPY',
      Amount: '30,000',
      Tax: '3,000',
      Total: '33,000',
      'Base amount': '200.25',
      Fraud: 'flagged',
      Batch: 'batch-1',
    });
  });

  test('list a sale of the minute in which the time range begins', async () => {
    const view = { ...lastDay, from: new Date('2026-11-22T10:04:30Z') };
    expect((await panels.rows('Recent transactions', view)).map(({ Order }) => Order)).toEqual(['euro']);
  });

  test('list no more than fifty sales, the newest ones', async () => {
    await owner.client.query('begin');
    const noon = Date.parse('2026-11-15T12:00:00Z');
    for (let index = 0; index < 60; index += 1) {
      await insertSale(owner.client, aSale({ orderId: `many-${index}`, at: new Date(noon + index * 1000) }));
    }
    await owner.client.query('commit');
    const view = { ...lastDay, from: new Date(noon), to: new Date(noon + 3_600_000) };
    const rows = await panels.rows('Recent transactions', view);
    expect(rows.map(({ Order }) => Order)).toEqual(Array.from({ length: 50 }, (_, index) => `many-${59 - index}`));
  });

  test('list fraud alerts with the rules that fired', async () => {
    expect(await panels.rows('Recent fraud alerts', lastDay)).toEqual([
      {
        Time: new Date('2026-11-22T10:03:00Z'),
        Order: 'flagged',
        Customer: 'customer-1',
        'Base amount': '200.25',
        Score: 60,
        Decision: 'review',
        Rules: 'amount_limit, velocity',
        Batch: 'batch-1',
      },
    ]);
    expect(await panels.rows('Recent fraud alerts', { ...lastDay, chosen: { currency: ['USD'] } })).toEqual([]);
  });
});

test('the variables offer what was sold in the time range', async () => {
  expect(await panels.options('category', lastDay)).toEqual(['books', "it's", 'toys']);
  expect(await panels.options('country', lastDay)).toEqual(['DE', 'US', 'unknown']);
  expect(await panels.options('currency', lastDay)).toEqual(['EUR', 'JPY', 'USD']);
  expect(await panels.options('category', beforeAnySale)).toEqual([]);
});

test('freshness is the age of the last loaded batch, before the first that of the server', async () => {
  const [uptime] = await panels.rows('Since the last load', lastDay);
  expect(Number(uptime?.['Since the last load'])).toBeGreaterThan(0);
  await insertLoadedBatch(owner.client, 'older', 4000);
  await insertLoadedBatch(owner.client, 'last', 2000);
  const [row] = await panels.rows('Since the last load', lastDay);
  const seconds = Number(row?.['Since the last load']);
  expect(seconds).toBeGreaterThanOrEqual(2000);
  expect(seconds).toBeLessThan(2060);
});
