import type { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';

import { inBaseCurrency } from '../base-currency.ts';
import { linkToCustomer } from '../dashboard-links.ts';
import { bestCustomers } from '../sql/best-customers.ts';
import { baseMoneyText } from '../sql/money.ts';
import { money, tablePanel } from '../table-panel.ts';

/** Customers that bought most. */
export function topCustomers(): TableBuilder {
  return tablePanel({
    id: 14,
    title: inBaseCurrency('Top customers'),
    description:
      'The twenty customers with the most revenue in the base currency on the UTC days that the time range touches, at most the last thirty-one of them; the choices above do not narrow them. Click a customer for its alerts and transactions.',
    width: 24,
    height: 9,
    sql: `select
  customer_id as "Customer",
  transactions as "Transactions",
  ${baseMoneyText('revenue')} as "Revenue",
  ${baseMoneyText('revenue / nullif(transactions, 0)')} as "Average order",
  flagged as "Flagged",
  latest_sale as "Latest sale"
from (
${bestCustomers(20)}
) as best
order by revenue desc, customer_id
limit 20`,
    columns: {
      Customer: linkToCustomer(),
      Revenue: money,
      'Average order': money,
    },
    noValue: 'no sales',
  });
}
