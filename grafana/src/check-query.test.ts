import { expect, test } from 'vitest';

import { checkQuery } from './check-query.ts';
import { chosenSales as chosen, salesFilters } from './sql/sales-filter.ts';

const variables = [...salesFilters.map(({ variable }) => variable), 'batch'];
const withoutCountry = salesFilters.filter(({ variable }) => variable !== 'country');

test.each([
  ['select max(loaded_at) from etl_batches', []],
  [`select sum(amount_base_sum) from sales_per_minute where ${chosen}`, []],
  [`select currency, sum(amount_sum) from sales_per_minute where ${chosen}\ngroup by currency`, []],
  [`select order_id from transactions where $__timeFilter(transaction_timestamp) and ${chosen}\nlimit 50`, []],
  [`select order_id from transactions where ${chosen}\nlimit 50`, ['it reads transactions without a bound']],
  [
    `select order_id from fraud_alerts where $__timeFilter(transaction_timestamp) and ${chosen}`,
    ['it reads fraud_alerts without a limit'],
  ],
  [`select sum(amount_sum) from sales_per_minute where ${chosen}`, ['it adds up amounts of different currencies']],
  [
    `select count(*) from sales_per_minute where true${withoutCountry.map(({ variable, expression }) => ` and ${expression} in (\${${variable}:sqlstring})`).join('')}`,
    ['it ignores the variable country'],
  ],
  [`select count(*) from fraud_alerts where $__timeFilter(transaction_timestamp) and ${chosen}`, []],
  ['select order_id from rejected_transactions where batch_id = coalesce(${batch:sqlstring})\nlimit 50', []],
  ["select 1 where '$category' = ''", ['$category is no variable of the dashboard, written as ${name:sqlstring}']],
  [
    'select 1 where true in (${category:raw})',
    ['${category:raw} is no variable of the dashboard, written as ${name:sqlstring}'],
  ],
  [
    'select 1 where true in (${region:sqlstring})',
    ['${region:sqlstring} is no variable of the dashboard, written as ${name:sqlstring}'],
  ],
])('%s', (sql, breaches) => {
  expect(checkQuery(sql, variables)).toEqual(breaches);
});
