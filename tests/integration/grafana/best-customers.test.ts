import { afterAll, beforeAll, expect, test } from 'vitest';

import { readDashboard } from '../../../grafana/src/read-dashboard.ts';
import { migratedWarehouse, openClient, type OpenClient } from '../../support/warehouse.ts';
import { amountOf, PanelReader, type View } from './panel-reader.ts';

const dashboard = await readDashboard('sales-pulse');
const opened = new AsyncDisposableStack();
let owner: OpenClient;
let panels: PanelReader;

beforeAll(async () => {
  const warehouse = opened.use(await migratedWarehouse());
  owner = opened.use(await openClient(warehouse.url));
  const reader = opened.use(await openClient(warehouse.url, warehouse.roles.reader));
  panels = new PanelReader(dashboard, reader.client);
});

afterAll(() => opened.disposeAsync());

/**
 * Customers who buy every day of November: every second one little in its last days, the others little before.
 * Those of the past bought only in January, but more.
 */
async function fillCustomers(customers: number, ofThePast: number): Promise<void> {
  await owner.client.query('truncate customer_days, customer_profiles');
  await owner.client.query(
    `insert into customer_days (day, customer_id, transaction_count, flagged_count, amount_base_sum, last_transaction_at)
     select day::date, 'customer-' || n, 2, n % 2,
       ((n * 7919) % 1009 + 1) * case when n % 2 = 1 and day >= '2026-11-10Z' then 9 when n % 2 = 0 and day < '2026-11-10Z' then 50 else 1 end, day + interval '9 hours'
     from generate_series(1, $1::int) as n
     cross join generate_series('2026-11-01Z'::timestamptz, '2026-11-22Z'::timestamptz, '1 day') as day
     union all
     select '2026-01-10', 'past-' || n, 1, 0, 10000000 + n, '2026-01-10T10:00:00Z'
     from generate_series(1, $2::int) as n`,
    [customers, ofThePast],
  );
  await owner.client.query(
    `insert into customer_profiles (customer_id, transaction_count, amount_base_sum, amount_base_sum_of_squares,
       first_transaction_at, last_transaction_at, last_currency)
     select customer_id, sum(transaction_count), sum(amount_base_sum), 0, min(last_transaction_at),
       max(last_transaction_at), 'USD'
     from customer_days
     group by customer_id`,
  );
}

const view: View = {
  from: new Date('2026-11-10T08:00:00Z'),
  to: new Date('2026-11-22T20:00:00Z'),
  intervalMs: 60_000,
};

async function bestOfAll(): Promise<unknown[]> {
  const { rows } = await owner.client.query<{ customer: string; revenue: number }>(
    `select customer_id as customer, sum(amount_base_sum)::float8 as revenue
     from customer_days
     where day between '2026-11-10' and '2026-11-22'
     group by 1
     order by 2 desc, 1
     limit 20`,
  );
  return rows;
}

test.each([
  ['fewer customers than are looked at first', 300, 0],
  ['so few that there is no twentieth', 7, 0],
  ['many customers, of whom the best of all time are the best of these days', 1500, 0],
  ['many customers, of whom the best of all time are not the best of these days', 3000, 0],
  ['more customers of the past than are looked at first', 1500, 1200],
  ['some customers of the past among those that are looked at first', 1500, 900],
])('the twenty customers with the most revenue: %s', async (_, customers, ofThePast) => {
  await fillCustomers(customers, ofThePast);
  const rows = await panels.rows('Top customers (${base_currency})', view);
  expect(rows.map(({ Customer: customer, Revenue: revenue }) => ({ customer, revenue: amountOf(revenue) }))).toEqual(
    await bestOfAll(),
  );
  expect(rows[0]).toMatchObject({ Transactions: 26, 'Latest sale': new Date('2026-11-22T09:00:00Z') });
});
