import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';

import { baseAmountUnit } from '../base-currency.ts';
import { describePanel } from '../describe-panel.ts';
import { redWhen } from '../red-when.ts';
import { chosenSales } from '../sql/sales-filter.ts';

const rowsMax = 50;

/** The newest fraud alerts, and the rules that fired. */
export function recentFraudAlerts(): TableBuilder {
  return describePanel(new TableBuilder(), {
    id: 13,
    title: 'Recent fraud alerts',
    description: `The ${rowsMax} newest fraud alerts in the time range, by the time of the sale. The score is the sum of the weights of the rules that fired, 0 to 100; the decision is what it calls for.`,
    unit: 'none',
    width: 10,
    height: 11,
    format: 'table',
    sql: `select
  fraud_alerts.transaction_timestamp as "Time",
  order_id as "Order",
  fraud_alerts.customer_id as "Customer",
  fraud_alerts.amount_base as "Base amount",
  fraud_alerts.fraud_score as "Score",
  decision as "Decision",
  (
    select string_agg(reason ->> 'rule', ', ' order by position)
    from jsonb_array_elements(reasons) with ordinality as fired (reason, position)
  ) as "Rules"
from fraud_alerts
join transactions using (order_id)
where $__timeFilter(fraud_alerts.transaction_timestamp)
  and ${chosenSales}
order by fraud_alerts.transaction_timestamp desc, order_id
limit ${rowsMax}`,
  })
    .overrideByName('Base amount', [{ id: 'unit', value: baseAmountUnit }])
    .overrideByName('Decision', redWhen('block'))
    .noValue('no alerts');
}
