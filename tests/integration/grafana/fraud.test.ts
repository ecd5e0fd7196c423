import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readDashboard } from '../../../grafana/src/read-dashboard.ts';
import { migratedWarehouse, openClient, type OpenClient } from '../../support/warehouse.ts';
import { PanelReader, type View } from './panel-reader.ts';
import { aSale, insertSale } from './sales.ts';

const dashboard = await readDashboard('fraud');
const view: View = {
  from: new Date('2026-11-22T00:00:00Z'),
  to: new Date('2026-11-22T12:00:00Z'),
  intervalMs: 3_600_000,
};

const opened = new AsyncDisposableStack();
let owner: OpenClient;
let panels: PanelReader;

const flagged = { isFlagged: true, amount: 2000, amountBase: 2000 };
const sales = [
  aSale({ orderId: 'clear', at: new Date('2026-11-22T09:00:00Z') }),
  aSale({ orderId: 'missed', at: new Date('2026-11-22T09:10:00Z') }),
  aSale({ ...flagged, orderId: 'found', at: new Date('2026-11-22T09:20:00Z') }),
  aSale({ ...flagged, orderId: 'found-eur', at: new Date('2026-11-22T10:20:00Z'), currency: 'EUR', country: 'DE' }),
  aSale({ ...flagged, orderId: 'wrong', at: new Date('2026-11-22T10:30:00Z') }),
  aSale({ ...flagged, orderId: 'other-day', at: new Date('2026-11-20T10:30:00Z') }),
];

beforeAll(async () => {
  const warehouse = opened.use(await migratedWarehouse());
  owner = opened.use(await openClient(warehouse.url));
  const reader = opened.use(await openClient(warehouse.url, warehouse.roles.reader));
  panels = new PanelReader(dashboard, reader.client);
  for (const sale of sales) await insertSale(owner.client, sale);
});

afterAll(() => opened.disposeAsync());

test('precision and recall are not known without labels', async () => {
  expect(await panels.rows('Precision', view)).toEqual([{ Precision: null }]);
  expect(await panels.rows('Recall', view)).toEqual([{ Recall: null }]);
});

describe('alerts', () => {
  test.each([
    ['Alerts', 'Alerts', 3],
    ['To be blocked', 'Blocked', 0],
    ['Flagged', 'Flagged', 0.6],
    ['Amount flagged (${base_currency})', 'Amount', 6000],
  ])('%s counts those of the time range', async (title, name, value) => {
    expect(await panels.rows(title, view)).toEqual([{ [name]: value }]);
  });

  test('are narrowed to chosen sales', async () => {
    const euros = { ...view, chosen: { currency: ['EUR'], country: ['DE'] } };
    expect(await panels.rows('Alerts', euros)).toEqual([{ Alerts: 1 }]);
    expect((await panels.rows('Newest alerts', euros)).map(({ Order }) => Order)).toEqual(['found-eur']);
    expect(await panels.rows('By rule', euros)).toEqual([
      { Rule: 'amount_limit', Alerts: 1 },
      { Rule: 'velocity', Alerts: 1 },
    ]);
  });

  test('are taken apart by time, decision and score', async () => {
    expect(await panels.rows('Alerts, over time', view)).toEqual([
      { time: new Date('2026-11-22T09:00:00Z'), review: 1, block: 0 },
      { time: new Date('2026-11-22T10:00:00Z'), review: 2, block: 0 },
    ]);
    expect(await panels.rows('By decision', view)).toEqual([{ Decision: 'review', Alerts: 3 }]);
    expect(await panels.rows('By score', view)).toEqual([{ Score: '60', Alerts: 3 }]);
  });

  test('are counted for each customer', async () => {
    expect(await panels.rows('Customers with the most alerts', view)).toEqual([
      {
        Customer: 'customer-1',
        Alerts: 3,
        'Highest score': 60,
        'Base amount': '6,000.00',
        Newest: new Date('2026-11-22T10:30:00Z'),
      },
    ]);
  });
});

describe('known fraud', () => {
  beforeAll(async () => {
    await owner.client.query(
      `insert into fraud_labels (order_id, pattern)
       values
         ('missed', 'card_testing'), ('found', 'high_amount'), ('found-eur', 'high_amount'),
         ('other-day', 'high_amount'), ('not-loaded', 'high_amount')`,
    );
    await owner.client.query(
      `insert into fraud_shadow_verdicts (
         order_id, rule_set_version, fraud_score, decision, reasons, transaction_timestamp, batch_id
       )
       select order_id, 'shadow-2', 70, 'review', '[]', transaction_timestamp, batch_id
       from transactions
       where order_id in ('missed', 'found', 'other-day')`,
    );
  });

  test('of the time range gives precision and recall', async () => {
    expect(await panels.rows('Precision', view)).toEqual([{ Precision: expect.closeTo(2 / 3, 9) }]);
    expect(await panels.rows('Recall', view)).toEqual([{ Recall: expect.closeTo(2 / 3, 9) }]);
  });

  test('is found or missed by its pattern', async () => {
    expect(await panels.rows('Known fraud, by pattern', view)).toEqual([
      { Pattern: 'high_amount', Known: 2, Found: 2, Missed: 0, Recall: 1 },
      { Pattern: 'card_testing', Known: 1, Found: 0, Missed: 1, Recall: 0 },
    ]);
  });

  test('measures rule sets beside each other', async () => {
    expect(await panels.rows('Rule sets, side by side', view)).toEqual([
      {
        'Rule set': '1',
        Part: 'live',
        Flagged: 3,
        'Known fraud': 2,
        Precision: expect.closeTo(2 / 3, 9),
        Recall: expect.closeTo(2 / 3, 9),
      },
      {
        'Rule set': 'shadow-2',
        Part: 'shadow',
        Flagged: 2,
        'Known fraud': 2,
        Precision: 1,
        Recall: expect.closeTo(2 / 3, 9),
      },
    ]);
  });
});

describe('the panels of one customer', () => {
  beforeAll(async () => {
    await owner.client.query(
      `insert into customer_days (
         day, customer_id, transaction_count, flagged_count, amount_base_sum, last_transaction_at
       ) values ('2026-11-22', 'customer-1', 5, 3, 6200, '2026-11-22T10:30:00Z')`,
    );
    await owner.client.query(
      `insert into customer_profiles (
         customer_id, transaction_count, amount_base_sum, amount_base_sum_of_squares, first_transaction_at,
         last_transaction_at, last_country, last_currency
       ) values ('customer-1', 4, 20, 120, '2026-11-20T10:30:00Z', '2026-11-22T10:30:00Z', 'US', 'USD')`,
    );
  });

  test.each([
    ['of the newest alert while nobody is chosen', {}],
    ['of the chosen one', { customer: ['customer-1'] }],
  ])('is that %s', async (_, chosen) => {
    const [profile] = await panels.rows('Customer: profile', { ...view, chosen });
    expect(profile).toMatchObject({ Customer: 'customer-1', Transactions: 4, Mean: '5.00', Deviation: '2.24' });
    const sold = await panels.rows('Customer: the hour up to the latest sale', { ...view, chosen });
    expect(sold.map(({ Order }) => Order)).toEqual(['wrong', 'found-eur']);
    expect((await panels.rows('Customer: alerts', { ...view, chosen })).map(({ Order }) => Order)).toEqual([
      'wrong',
      'found-eur',
      'found',
    ]);
    expect(await panels.rows('Customer: transactions by day', { ...view, chosen })).toEqual([
      { time: new Date('2026-11-22T00:00:00Z'), clear: 2, flagged: 3 },
    ]);
  });

  test('are empty for an unknown customer', async () => {
    expect(await panels.rows('Customer: profile', { ...view, chosen: { customer: ['nobody'] } })).toEqual([]);
  });
});
