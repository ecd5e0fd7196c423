import type { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';

import { baseAmountUnit } from '../base-currency.ts';
import { linkToBatch, linkToCustomer } from '../dashboard-links.ts';
import { redWhen } from '../red-when.ts';
import { amongNewestSales } from '../sql/newest-sales.ts';
import { countryName } from '../sql/sales-filter.ts';
import { inUnit, tablePanel } from '../table-panel.ts';

const rowsMax = 50;

/** The newest sales, one by one. */
export function recentTransactions(): TableBuilder {
  return tablePanel({
    id: 12,
    title: 'Recent transactions',
    description: `The ${rowsMax} newest transactions in the time range, by the time of the sale. Amount, tax and total are in the currency of their row. A click on a customer leads to the story, one on a batch to its page.`,
    width: 24,
    height: 10,
    sql: `select
  transaction_timestamp as "Time",
  order_id as "Order",
  customer_id as "Customer",
  product_category as "Category",
  ${countryName} as "Country",
  currency as "Currency",
  amount as "Amount",
  tax_amount as "Tax",
  total_amount as "Total",
  amount_base as "Base amount",
  case when is_fraud_flagged then 'flagged' else 'clear' end as "Fraud",
  batch_id as "Batch"
from transactions
where ${amongNewestSales(rowsMax)}
order by transaction_timestamp desc, order_id
limit ${rowsMax}`,
    columns: {
      Customer: linkToCustomer(),
      Amount: inUnit('locale'),
      Tax: inUnit('locale'),
      Total: inUnit('locale'),
      'Base amount': inUnit(baseAmountUnit),
      Fraud: redWhen('flagged'),
      Batch: linkToBatch(),
    },
    noValue: 'no sales',
  });
}
