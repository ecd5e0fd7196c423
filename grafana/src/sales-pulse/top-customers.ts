import type { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';

import { baseAmountUnit, inBaseCurrency } from '../base-currency.ts';
import { linkToCustomer } from '../dashboard-links.ts';
import { inUnit, tablePanel } from '../table-panel.ts';

/** Customers that bought most. */
export function topCustomers(): TableBuilder {
  return tablePanel({
    id: 14,
    title: inBaseCurrency('Top customers'),
    description:
      "The twenty customers with the most revenue in the base currency on the UTC days that the time range touches, at most the last thirty-one of them; the choices above do not narrow them. A click on one leads to the customer's story.",
    width: 24,
    height: 9,
    sql: `select
  customer_id as "Customer",
  sum(transaction_count) as "Transactions",
  sum(amount_base_sum) as "Revenue",
  sum(amount_base_sum) / sum(transaction_count) as "Average order",
  sum(flagged_count) as "Flagged",
  max(last_transaction_at) as "Latest sale"
from customer_days
where day between greatest(
    ($__timeFrom()::timestamptz at time zone 'UTC')::date,
    ($__timeTo()::timestamptz at time zone 'UTC')::date - 30
  )
  and ($__timeTo()::timestamptz at time zone 'UTC')::date
group by customer_id
order by 3 desc, 1
limit 20`,
    columns: {
      Customer: linkToCustomer(),
      Revenue: inUnit(baseAmountUnit),
      'Average order': [...inUnit(baseAmountUnit), { id: 'decimals', value: 2 }],
    },
    noValue: 'no sales',
  });
}
