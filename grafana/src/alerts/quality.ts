import { dashboardUids } from '../dashboard-links.ts';
import { allowanceText, intervalOf, minutesOf, type Allowance } from '../sql/schedule.ts';
import type { AlertRule } from './alert-rule.ts';

/** How far back loads are recent: a quarter of an hour, or several batches. */
const recently: Allowance = { periods: 3, secondsMin: 900 };

/** Recent loads, and those of the day before them. */
const recent = `state = 'loaded'
  and loaded_at > now() - ${intervalOf(recently)}`;
const dayBefore = `state = 'loaded'
  and loaded_at between now() - interval '24 hours' - ${intervalOf(recently)} and now() - ${intervalOf(recently)}`;

/** With fewer records the ratio means nothing. */
const readMin = 100;
const rejectRatioMax = 0.05;

/** With fewer sales the ratio means nothing. */
const historyMin = 500;
const recentMin = 50;

/**
 * The flagged ratio of recent loads, divided by the highest that its own history allows: twice the ratio of the day
 * before, and four standard errors above it. It is 0 where nothing is unusual, or there are too few sales.
 */
const fraudSpike = `with recent as (
  select
    sum(flagged_count)::float8 / nullif(sum(loaded_count), 0) as ratio,
    coalesce(sum(loaded_count), 0)::float8 as sales
  from etl_batches
  where ${recent}
),
usual as (
  select
    sum(flagged_count)::float8 / nullif(sum(loaded_count), 0) as ratio,
    coalesce(sum(loaded_count), 0)::float8 as sales
  from etl_batches
  where ${dayBefore}
)
select
  case
    when recent.sales < ${recentMin} or usual.sales < ${historyMin} or recent.ratio = 0 then 0
    else recent.ratio / greatest(
      2 * usual.ratio,
      usual.ratio + 4 * sqrt(greatest(usual.ratio, 0.001) * (1 - usual.ratio) / recent.sales)
    )
  end as "Ratio to its limit"
from recent
cross join usual`;

/** Whether the records themselves are as usual. */
export const qualityRules: readonly AlertRule[] = [
  {
    uid: 'reject-rate',
    title: 'Many records are rejected',
    severity: 'warning',
    summary:
      '{{ humanizePercentage $values.value.Value }} of the records of the last {{ printf "%.0f" $values.minutes.Value }} minutes were rejected: {{ printf "%.0f" $values.rejected.Value }} of {{ printf "%.0f" $values.read.Value }}. etl rejected list shows the reasons.',
    description: `More than 5 % of the records loaded within ${allowanceText(recently)} went into quarantine; fewer than ${readMin} records are not evaluated.`,
    section: 'Many rejects: the quarantine',
    value: `select
  case
    when sum(read_count) >= ${readMin} then sum(rejected_count) / sum(read_count)
    else 0
  end as "Rejected"
from etl_batches
where ${recent}`,
    limit: { type: 'gt', value: rejectRatioMax },
    figures: {
      minutes: minutesOf(recently),
      rejected: `select coalesce(sum(rejected_count), 0) as "Rejected"
from etl_batches
where ${recent}`,
      read: `select coalesce(sum(read_count), 0) as "Read"
from etl_batches
where ${recent}`,
    },
    for: '0s',
    panel: { dashboardUid: dashboardUids.pipelineHealth, id: 4 },
  },
  {
    uid: 'fraud-spike',
    title: 'More fraud than usual',
    severity: 'warning',
    summary:
      '{{ humanizePercentage $values.ratio.Value }} of the sales of the last {{ printf "%.0f" $values.minutes.Value }} minutes were flagged; {{ humanizePercentage $values.usual.Value }} were in the 24 hours before. The dashboard Fraud shows the rules and customers.',
    description: `The ratio of flagged sales to those loaded within ${allowanceText(recently)} is more than twice that of the 24 hours before, and more than chance explains (four standard errors). It needs ${historyMin} sales of history and ${recentMin} new ones.`,
    section: 'More fraud than usual',
    value: fraudSpike,
    limit: { type: 'gt', value: 1 },
    figures: {
      minutes: minutesOf(recently),
      ratio: `select coalesce(sum(flagged_count)::float8 / nullif(sum(loaded_count), 0), 0) as "Flagged"
from etl_batches
where ${recent}`,
      usual: `select coalesce(sum(flagged_count)::float8 / nullif(sum(loaded_count), 0), 0) as "Usual"
from etl_batches
where ${dayBefore}`,
    },
    for: '0s',
    panel: { dashboardUid: dashboardUids.fraud, id: 3 },
  },
];
