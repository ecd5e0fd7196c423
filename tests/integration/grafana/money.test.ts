import { currencyCodes, currencyExponent } from '@pulse/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readDashboard } from '../../../grafana/src/read-dashboard.ts';
import { moneyText } from '../../../grafana/src/sql/money.ts';
import { migratedWarehouse, openClient, type OpenClient } from '../../support/warehouse.ts';
import { PanelReader, type View } from './panel-reader.ts';
import { aSale, insertBatch, insertSale } from './sales.ts';

const [salesPulse, fraud, batch, health] = await Promise.all(
  ['sales-pulse', 'fraud', 'batch', 'pipeline-health'].map(readDashboard),
);

const view: View = {
  from: new Date('2026-11-22T00:00:00Z'),
  to: new Date('2026-11-23T00:00:00Z'),
  intervalMs: 60_000,
  chosen: { batch: ['batch-1'], customer: ['customer-1'] },
};

/** Amounts that have no decimals, three and two, and the same value in the base currency: 1001.00, 1002.00, 1003.00. */
const sales = [
  aSale({
    orderId: 'yen',
    currency: 'JPY',
    country: 'JP',
    amount: 1001,
    tax: 91,
    amountBase: 1001,
    taxBase: 91,
    at: new Date('2026-11-22T10:03:00Z'),
    isFlagged: true,
  }),
  aSale({
    orderId: 'dinar',
    currency: 'KWD',
    country: 'KW',
    amount: 3.333,
    tax: 0,
    amountBase: 1002,
    taxBase: 0,
    at: new Date('2026-11-22T10:02:00Z'),
    isFlagged: true,
  }),
  aSale({
    orderId: 'dollar',
    currency: 'USD',
    amount: 12,
    tax: 1.02,
    amountBase: 1003,
    taxBase: 1.02,
    at: new Date('2026-11-22T10:01:00Z'),
    isFlagged: true,
  }),
];

const opened = new AsyncDisposableStack();
let owner: OpenClient;
let reader: OpenClient;

beforeAll(async () => {
  const warehouse = opened.use(await migratedWarehouse());
  owner = opened.use(await openClient(warehouse.url));
  reader = opened.use(await openClient(warehouse.url, warehouse.roles.reader));
  for (const sale of sales) await insertSale(owner.client, sale);
  await owner.client.query(`
    insert into customer_days (day, customer_id, transaction_count, flagged_count, amount_base_sum, last_transaction_at)
    values ('2026-11-22', 'customer-1', 3, 3, 3006, '2026-11-22T10:03:00Z')`);
  await owner.client.query(`
    insert into customer_profiles (
      customer_id, transaction_count, amount_base_sum, amount_base_sum_of_squares, first_transaction_at,
      last_transaction_at, last_country, last_currency
    ) values ('customer-1', 3, 3006, 3012014, '2026-11-22T10:01:00Z', '2026-11-22T10:03:00Z', 'JP', 'JPY')`);
  const loadedAt = new Date('2026-11-22T10:04:00Z');
  await insertBatch(owner.client, { batchId: 'batch-1', plannedAt: loadedAt, loadedAt });
  await owner.client.query('update transactions set processed_at = $1', [loadedAt]);
  await owner.client.query("update tax_per_day set tax_rate = 0.7777 where country <> 'US'");
});

afterAll(() => opened.disposeAsync());

/** What a table shows in some columns, a text a row. */
async function shown(dashboard: typeof salesPulse, title: string, columns: readonly string[]): Promise<string[]> {
  if (dashboard === undefined) throw new Error('the dashboard is not there');
  const rows = await new PanelReader(dashboard, reader.client).rows(title, view);
  return rows.map((row) => columns.map((column) => String(row[column])).join(' '));
}

describe('an amount in its own currency has the decimals of that:', () => {
  test('Recent transactions', async () => {
    expect(await shown(salesPulse, 'Recent transactions', ['Currency', 'Amount', 'Tax', 'Total'])).toEqual([
      'JPY 1,001 91 1,092',
      'KWD 3.333 0.000 3.333',
      'USD 12.00 1.02 13.02',
    ]);
  });

  test('Sales by currency, with the largest sum in the base currency first', async () => {
    const title = 'Sales by currency, converted (${base_currency})';
    expect(await shown(salesPulse, title, ['Currency', 'Own currency', 'Tax, own currency'])).toEqual([
      'USD 12.00 1.02',
      'KWD 3.333 0.000',
      'JPY 1,001 91',
    ]);
  });

  test('Loaded, by currency', async () => {
    expect(await shown(batch, 'Loaded, by currency', ['Currency', 'Own currency'])).toEqual([
      'USD 12.00',
      'KWD 3.333',
      'JPY 1,001',
    ]);
  });

  test("a customer's latest sales", async () => {
    const title = 'Customer: the hour up to the latest sale';
    expect(await shown(fraud, title, ['Currency', 'Amount'])).toEqual(['JPY 1,001', 'KWD 3.333', 'USD 12.00']);
  });
});

describe.each([
  ['USD', '.00'],
  ['JPY', ''],
  ['KWD', '.000'],
])('an amount in the base currency %s has its decimals:', (currency, decimals) => {
  beforeAll(async () => {
    await owner.client.query('update warehouse_state set base_currency = $1', [currency]);
  });

  test.each([
    [salesPulse, 'Recent transactions', 'Base amount', ['1,001', '1,002', '1,003']],
    [salesPulse, 'Recent fraud alerts', 'Base amount', ['1,001', '1,002', '1,003']],
    [salesPulse, 'Sales by currency, converted (${base_currency})', 'Base currency', ['1,003', '1,002', '1,001']],
    [salesPulse, 'Top customers (${base_currency})', 'Revenue', ['3,006']],
    [salesPulse, 'Top customers (${base_currency})', 'Average order', ['1,002']],
    [fraud, 'Newest alerts', 'Base amount', ['1,001', '1,002', '1,003']],
    [fraud, 'Customers with the most alerts', 'Base amount', ['3,006']],
    [fraud, 'Customer: profile', 'Base amount', ['3,006']],
    [fraud, 'Customer: profile', 'Mean', ['1,002']],
    [fraud, 'Customer: alerts', 'Base amount', ['1,001', '1,002', '1,003']],
    [fraud, 'Customer: the hour up to the latest sale', 'Base amount', ['1,001', '1,002', '1,003']],
    [batch, 'Loaded, by currency', 'Base currency', ['1,003', '1,002', '1,001']],
    [health, 'Charged by unverified tax rates', 'Base amount', ['1,001', '1,002']],
  ])('%$: %s, %s', async (dashboard, title, column, amounts) => {
    expect(await shown(dashboard, title, [column])).toEqual(amounts.map((amount) => `${amount}${decimals}`));
  });
});

test('every currency has its own decimals', async () => {
  const { rows } = await reader.client.query<{ code: string; amount: string }>(
    `select code, ${moneyText('0', 'code')} as amount from unnest($1::text[]) as known (code)`,
    [currencyCodes],
  );
  expect(rows.map(({ code, amount }) => `${code} ${amount.trim()}`)).toEqual(
    currencyCodes.map((code) => `${code} ${(0).toFixed(currencyExponent(code))}`),
  );
});

test('the largest amount of the warehouse, and a negative one, have all their digits', async () => {
  const { rows } = await reader.client.query(
    `select ${moneyText('999999999999999.9999', "'CLF'")} as largest, ${moneyText('-1234.5', "'EUR'")} as negative`,
  );
  expect(rows).toEqual([
    {
      largest: expect.stringMatching(/^ +999,999,999,999,999\.9999$/),
      negative: expect.stringMatching(/^ +-1,234\.50$/),
    },
  ]);
});

test('a column that Grafana sorts as text is sorted by the amount', async () => {
  const amounts = [12_345_678.9, 0.69, 1001, 999, 3.333, 98_765.43, 12, 9.5];
  const { rows } = await reader.client.query<{ amount: number; text: string }>(
    `select amount::float8 as amount, ${moneyText('amount', "case amount when 1001 then 'JPY' when 3.333 then 'KWD' else 'USD' end")} as text
     from unnest($1::numeric[]) as given (amount)`,
    [amounts],
  );
  // As the table of @grafana/ui compares texts.
  const { compare } = new Intl.Collator('en', { sensitivity: 'base', numeric: true });
  const sorted = rows.toSorted((one, other) => compare(one.text, other.text)).map(({ amount }) => amount);
  expect(sorted).toEqual(amounts.toSorted((one, other) => one - other));
});
