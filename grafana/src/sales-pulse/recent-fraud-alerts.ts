import type { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';

import { linkToBatch, linkToCustomer } from '../dashboard-links.ts';
import { chosenAlerts, firedRules } from '../fraud/alerts.ts';
import { redWhen } from '../red-when.ts';
import { baseMoneyText } from '../sql/money.ts';
import { money, tablePanel } from '../table-panel.ts';

const rowsMax = 50;

/** The newest fraud alerts, and the rules that fired. */
export function recentFraudAlerts(): TableBuilder {
  return tablePanel({
    id: 13,
    title: 'Recent fraud alerts',
    description: `The ${rowsMax} newest fraud alerts in the time range, by the time of the sale. The score is the sum of the weights of the rules that fired, 0 to 100; the decision is what it calls for. Click a customer for its alerts and transactions, a batch for its page.`,
    width: 24,
    height: 9,
    sql: `select
  fraud_alerts.transaction_timestamp as "Time",
  order_id as "Order",
  fraud_alerts.customer_id as "Customer",
  ${baseMoneyText('fraud_alerts.amount_base')} as "Base amount",
  fraud_alerts.fraud_score as "Score",
  decision as "Decision",
  ${firedRules} as "Rules",
  fraud_alerts.batch_id as "Batch"
${chosenAlerts}
order by fraud_alerts.transaction_timestamp desc, order_id
limit ${rowsMax}`,
    columns: {
      Customer: linkToCustomer(),
      'Base amount': money,
      Decision: redWhen('block'),
      Batch: linkToBatch(),
    },
    noValue: 'no alerts',
  });
}
