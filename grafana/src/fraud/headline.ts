import type { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';

import { baseAmountUnit, inBaseCurrency } from '../base-currency.ts';
import { headlineStat } from '../headline-stat.ts';
import { salesInRange } from '../sql/sales-between.ts';
import { chosenSales } from '../sql/sales-filter.ts';
import { figureThresholds } from '../thresholds.ts';
import { chosenAlerts } from './alerts.ts';

/** How much fraud the rules see, and how well they see it. */
export function headline(): StatBuilder[] {
  return [alerts(), blocked(), flaggedRate(), flaggedAmount()];
}

function alerts(): StatBuilder {
  return headlineStat({
    id: 1,
    title: 'Alerts',
    description: 'Transactions of the time range that the fraud rules flagged, for a review or to be blocked.',
    unit: 'short',
    sql: `select count(*) as "Alerts"
${chosenAlerts}`,
    thresholds: figureThresholds('green', { from: 1, color: 'orange' }),
    noValue: '0',
  });
}

function blocked(): StatBuilder {
  return headlineStat({
    id: 2,
    title: 'To be blocked',
    description: 'Alerts of the time range whose score calls for blocking the transaction.',
    unit: 'short',
    sql: `select count(*) filter (where decision = 'block') as "Blocked"
${chosenAlerts}`,
    thresholds: figureThresholds('green', { from: 1, color: 'red' }),
    noValue: '0',
  });
}

function flaggedRate(): StatBuilder {
  return headlineStat({
    id: 3,
    title: 'Flagged',
    description: 'Ratio of the flagged transactions of the time range to all: orange from 5 %, red from 10 %.',
    unit: 'percentunit',
    sql: `select sum(flagged_count) / nullif(sum(transaction_count), 0) as "Flagged"
from ${salesInRange}
where ${chosenSales}`,
    thresholds: figureThresholds('green', { from: 0.05, color: 'orange' }, { from: 0.1, color: 'red' }),
    noValue: 'no sales',
  });
}

function flaggedAmount(): StatBuilder {
  return headlineStat({
    id: 4,
    title: inBaseCurrency('Amount flagged'),
    description: 'Sum of the prices of the flagged transactions of the time range, in the base currency.',
    unit: baseAmountUnit,
    sql: `select coalesce(sum(fraud_alerts.amount_base), 0) as "Amount"
${chosenAlerts}`,
    thresholds: figureThresholds('blue'),
    noValue: '0',
  });
}
