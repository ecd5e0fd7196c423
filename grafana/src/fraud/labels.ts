import type { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import type { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';

import { headlineStat } from '../headline-stat.ts';
import { chosenSales } from '../sql/sales-filter.ts';
import { inUnit, tablePanel } from '../table-panel.ts';
import { thresholds } from '../thresholds.ts';
import { chosenAlerts } from './alerts.ts';

const source =
  'Known fraud comes from the topic fraud-labels (table fraud_labels); without labels there is nothing to compare.';

/** `known`: the loaded transactions of the time range that are known to be fraud, and `seen`: the alerts of it. */
const knownAndSeen = `known as (
  select order_id, pattern
  from fraud_labels
  join transactions using (order_id)
  where $__timeFilter(transaction_timestamp)
    and ${chosenSales}
),
seen as (
  select order_id, rule_set_version
  ${chosenAlerts}
)`;

/** Without labels there is no figure, which is no bad one. */
const labelThresholds = thresholds(
  'text',
  { from: 0, color: 'red' },
  { from: 0.5, color: 'orange' },
  { from: 0.8, color: 'green' },
);

/** How well alerts and known fraud agree. */
export function labelFigures(): StatBuilder[] {
  return [precision(), recall()];
}

function precision(): StatBuilder {
  return headlineStat({
    id: 5,
    title: 'Precision',
    description: `Ratio of the alerts of the time range that are known fraud to all alerts. ${source} Red below 50 %, green from 80 %.`,
    unit: 'percentunit',
    sql: `with ${knownAndSeen}
select count(known.order_id)::numeric / nullif(count(*), 0) as "Precision"
from seen
left join known using (order_id)
where exists (select from known)`,
    thresholds: labelThresholds,
    noValue: 'no labels',
  });
}

function recall(): StatBuilder {
  return headlineStat({
    id: 6,
    title: 'Recall',
    description: `Ratio of the known fraud of the time range that raised an alert to all known fraud. ${source} Red below 50 %, green from 80 %.`,
    unit: 'percentunit',
    sql: `with ${knownAndSeen}
select count(seen.order_id)::numeric / nullif(count(*), 0) as "Recall"
from known
left join seen using (order_id)`,
    thresholds: labelThresholds,
    noValue: 'no labels',
  });
}

const ratio = [...inUnit('percentunit'), { id: 'decimals', value: 1 }];

/** Known fraud by its pattern, and each rule set against it. */
export function labelTables(): TableBuilder[] {
  return [byPattern(), byRuleSet()];
}

function byPattern(): TableBuilder {
  return tablePanel({
    id: 17,
    title: 'Known fraud, by pattern',
    description: `Known fraud of the time range by the pattern that its label names: how much of it raised an alert. ${source}`,
    width: 12,
    height: 7,
    sql: `with ${knownAndSeen}
select
  pattern as "Pattern",
  count(*) as "Known",
  count(seen.order_id) as "Found",
  count(*) - count(seen.order_id) as "Missed",
  count(seen.order_id)::numeric / count(*) as "Recall"
from known
left join seen using (order_id)
group by pattern
order by 2 desc, 1`,
    columns: { Recall: ratio },
    noValue: 'no labels',
  });
}

function byRuleSet(): TableBuilder {
  return tablePanel({
    id: 18,
    title: 'Rule sets, side by side',
    description: `What each rule set flagged of the sales of the time range that it evaluated: the live set, and shadow sets, which only record. Precision is the ratio of known fraud among what it flagged, recall the ratio of known fraud that it flagged. ${source}`,
    width: 12,
    height: 7,
    sql: `with ${knownAndSeen},
decisions as (
  select 'live' as part, order_id, rule_set_version
  from seen
  union all
  select 'shadow', order_id, rule_set_version
  from fraud_shadow_verdicts
  left join transactions using (order_id)
  where $__timeFilter(fraud_shadow_verdicts.transaction_timestamp)
    and ${chosenSales}
)
select
  decisions.rule_set_version as "Rule set",
  part as "Part",
  count(*) as "Flagged",
  count(known.order_id) as "Known fraud",
  case when exists (select from known) then count(known.order_id)::numeric / count(*) end as "Precision",
  count(known.order_id)::numeric / nullif((select count(*) from known), 0) as "Recall"
from decisions
left join known using (order_id)
group by decisions.rule_set_version, part
order by part, 1`,
    columns: { Precision: ratio, Recall: ratio },
    noValue: 'no decision',
  });
}
