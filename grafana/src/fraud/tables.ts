import type { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';

import { linkToBatch, linkToCustomer } from '../dashboard-links.ts';
import { redWhen } from '../red-when.ts';
import { baseMoneyText } from '../sql/money.ts';
import { money, tablePanel } from '../table-panel.ts';
import { chosenAlerts, firedRules } from './alerts.ts';

/** Customers with the most alerts, and the newest alerts. */
export function tables(): TableBuilder[] {
  return [topCustomers(), recentAlerts()];
}

function topCustomers(): TableBuilder {
  return tablePanel({
    id: 11,
    title: 'Customers with the most alerts',
    description:
      'The twenty customers with the most alerts in the time range, with their sum in the base currency; click one for its alerts and transactions below.',
    width: 24,
    height: 8,
    sql: `select
  fraud_alerts.customer_id as "Customer",
  count(*) as "Alerts",
  max(fraud_alerts.fraud_score) as "Highest score",
  ${baseMoneyText('sum(fraud_alerts.amount_base)')} as "Base amount",
  max(fraud_alerts.transaction_timestamp) as "Newest"
${chosenAlerts}
group by fraud_alerts.customer_id
order by 2 desc, sum(fraud_alerts.amount_base) desc, 1
limit 20`,
    columns: { Customer: linkToCustomer(), 'Base amount': money },
    noValue: 'no alerts',
  });
}

function recentAlerts(): TableBuilder {
  return tablePanel({
    id: 12,
    title: 'Newest alerts',
    description:
      'The fifty newest alerts of the time range, by the time of the sale, with the rules that fired and the rule set that evaluated it. Click a customer for its alerts and transactions below, a batch for its page.',
    width: 24,
    height: 11,
    sql: `select
  fraud_alerts.transaction_timestamp as "Time",
  order_id as "Order",
  fraud_alerts.customer_id as "Customer",
  ${baseMoneyText('fraud_alerts.amount_base')} as "Base amount",
  fraud_alerts.fraud_score as "Score",
  decision as "Decision",
  ${firedRules} as "Rules",
  rule_set_version as "Rule set",
  fraud_alerts.batch_id as "Batch"
${chosenAlerts}
order by fraud_alerts.transaction_timestamp desc, order_id
limit 50`,
    columns: {
      Customer: linkToCustomer(),
      'Base amount': money,
      Decision: redWhen('block'),
      Batch: linkToBatch(),
    },
    noValue: 'no alerts',
  });
}
