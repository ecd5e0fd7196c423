import type { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';

import { linkToBatch, linkToCustomer } from '../dashboard-links.ts';
import { redWhen } from '../red-when.ts';
import { baseMoneyText, moneyText } from '../sql/money.ts';
import { amongNewestSales } from '../sql/newest-sales.ts';
import { countryName } from '../sql/sales-filter.ts';
import { money, tablePanel } from '../table-panel.ts';

const rowsMax = 50;

/** The newest sales, one by one. */
export function recentTransactions(): TableBuilder {
  return tablePanel({
    id: 12,
    title: 'Recent transactions',
    description: `The ${rowsMax} newest transactions in the time range, by the time of the sale. Amount, tax and total are in the currency of their row. Click a customer for its alerts and transactions, a batch for its page.`,
    width: 24,
    height: 10,
    sql: `select
  transaction_timestamp as "Time",
  order_id as "Order",
  customer_id as "Customer",
  case when is_fraud_flagged then 'flagged' else 'clear' end as "Fraud",
  ${countryName} as "Country",
  currency as "Currency",
  ${moneyText('amount', 'currency')} as "Amount",
  ${moneyText('tax_amount', 'currency')} as "Tax",
  ${moneyText('total_amount', 'currency')} as "Total",
  ${baseMoneyText('amount_base')} as "Base amount",
  product_category as "Category",
  batch_id as "Batch"
from transactions
where ${amongNewestSales(rowsMax)}
order by transaction_timestamp desc, order_id
limit ${rowsMax}`,
    columns: {
      Customer: linkToCustomer(),
      Fraud: redWhen('flagged'),
      Amount: money,
      Tax: money,
      Total: money,
      'Base amount': money,
      Batch: linkToBatch(),
    },
    noValue: 'no sales',
  });
}
