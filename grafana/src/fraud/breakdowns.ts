import type { PanelBuilder as BarchartBuilder } from '@grafana/grafana-foundation-sdk/barchart';
import { VizOrientation } from '@grafana/grafana-foundation-sdk/common';
import type { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

import { barsPanel } from '../bars-panel.ts';
import { stackedBarsPanel } from '../graph-panel.ts';
import { chosenAlerts } from './alerts.ts';

/** Alerts by time, decision, rule and score. */
export function breakdowns(): (TimeseriesBuilder | BarchartBuilder)[] {
  return [overTime(), byDecision(), byRule(), byScore()];
}

function overTime(): TimeseriesBuilder {
  return stackedBarsPanel({
    id: 7,
    title: 'Alerts, over time',
    description: 'Number of alerts by the time of the sale, and what their scores call for.',
    unit: 'short',
    width: 16,
    height: 8,
    sql: `select
  to_timestamp($__timeGroup(fraud_alerts.transaction_timestamp, '$__interval')) as "time",
  count(*) filter (where decision = 'review') as "review",
  count(*) filter (where decision = 'block') as "block"
${chosenAlerts}
group by 1
order by 1`,
    series: { review: 'orange', block: 'red' },
    interval: '1m',
  });
}

function byDecision(): BarchartBuilder {
  return barsPanel({
    id: 8,
    title: 'By decision',
    description: 'Alerts of the time range by what their score calls for: a review, or blocking the transaction.',
    unit: 'short',
    width: 8,
    height: 8,
    sql: `select
  decision as "Decision",
  count(*) as "Alerts"
${chosenAlerts}
group by decision
order by 2 desc, 1`,
    color: 'orange',
    xField: 'Decision',
    noValue: 'no alerts',
  });
}

function byRule(): BarchartBuilder {
  return barsPanel({
    id: 9,
    title: 'By rule',
    description:
      'How often each rule fired for the alerts of the time range; several rules may fire for one. The fifteen most frequent.',
    unit: 'short',
    width: 12,
    height: 9,
    sql: `select
  reason ->> 'rule' as "Rule",
  count(*) as "Alerts"
from fraud_alerts
cross join jsonb_array_elements(reasons) as fired (reason)
where order_id in (
  select order_id
  ${chosenAlerts}
)
group by 1
order by 2 desc, 1
limit 15`,
    color: 'orange',
    xField: 'Rule',
    noValue: 'no alerts',
  });
}

function byScore(): BarchartBuilder {
  return barsPanel({
    id: 10,
    title: 'By score',
    description:
      'Alerts of the time range by their score, in tens: 70 stands for 70 to 79. The score is the sum of the weights of the rules that fired, at most 100.',
    unit: 'short',
    width: 12,
    height: 9,
    sql: `select
  ((fraud_alerts.fraud_score / 10) * 10)::text as "Score",
  count(*) as "Alerts"
${chosenAlerts}
group by fraud_alerts.fraud_score / 10
order by fraud_alerts.fraud_score / 10`,
    color: 'purple',
    xField: 'Score',
    orientation: VizOrientation.Vertical,
    noValue: 'no alerts',
  });
}
