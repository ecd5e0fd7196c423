import type { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import type { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import type { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

import { linesPanel, withLimits } from '../graph-panel.ts';
import { headlineStat } from '../headline-stat.ts';
import { inTime, staleAfter, staleStretches } from '../sql/ledger.ts';
import { allowanceText, intervalOf } from '../sql/schedule.ts';
import { inUnit, tablePanel } from '../table-panel.ts';
import { figureThresholds, thresholds } from '../thresholds.ts';

/** The objective of every service level, and the ratio that may go wrong. */
const objective = 0.99;
const budget = 1 - objective;

/** From this burn rate on, a month's budget is gone in two days. */
const fastBurn = 14.4;

const staleSeconds = 'coalesce(sum(extract(epoch from stale.ends_at - stale.begins_at)), 0)';
const spanSeconds = 'extract(epoch from span.ends_at - span.begins_at)';
const freshRatio = `1 - ${staleSeconds} / ${spanSeconds}`;

const meaning = `Sales are fresh while the last load is at most ${allowanceText(staleAfter)} ago; time before the first load does not count.`;

/** Ratio of the time range in which sales were fresh. */
export function freshness(): StatBuilder {
  return headlineStat({
    id: 7,
    title: 'Fresh',
    description: `Ratio of the time range in which sales were fresh. ${meaning} The objective is 99 %.`,
    unit: 'percentunit',
    sql: `with ${staleStretches}
select ${freshRatio} as "Fresh"
from span
left join stale on true
group by span.begins_at, span.ends_at`,
    thresholds: figureThresholds('red', { from: objective, color: 'orange' }, { from: 0.995, color: 'green' }),
    noValue: 'no load yet',
  }).decimals(2);
}

/** How fast the error budget goes. */
export function burnRate(): StatBuilder {
  return headlineStat({
    id: 8,
    title: 'Budget burn',
    description: `How fast the 1 % that may be stale was used up in the time range: 1 uses just all of it, ${fastBurn} a month's in two days. ${meaning}`,
    unit: 'short',
    sql: `with ${staleStretches}
select (${staleSeconds} / ${spanSeconds}) / ${budget.toFixed(2)} as "Burn"
from span
left join stale on true
group by span.begins_at, span.ends_at`,
    thresholds: figureThresholds('green', { from: 1, color: 'orange' }, { from: fastBurn, color: 'red' }),
    noValue: 'no load yet',
  }).decimals(1);
}

/** Each level beside its objective. */
export function levels(): TableBuilder {
  return tablePanel({
    id: 13,
    title: 'Service levels',
    description: `What is promised, and what was kept in the time range. ${meaning} A batch is in time when it is loaded at most ${allowanceText(inTime)} after it was planned; one that is younger does not count yet.`,
    width: 8,
    height: 8,
    sql: `with ${staleStretches}
select
  'Sales are fresh' as "Level",
  ${objective} as "Objective",
  ${freshRatio} as "Kept",
  (${staleSeconds} / ${spanSeconds}) / ${budget.toFixed(2)} as "Burn"
from span
left join stale on true
group by span.begins_at, span.ends_at
union all
select
  'Batches are in time',
  ${objective},
  avg(kept),
  (1 - avg(kept)) / ${budget.toFixed(2)}
from (
  select case when loaded_at <= planned_at + ${intervalOf(inTime, 'schedule_seconds')} then 1.0 else 0.0 end as kept
  from etl_batches
  where state <> 'superseded'
    and kind = 'scheduled'
    and $__timeFilter(planned_at)
    and planned_at < now() - ${intervalOf(inTime, 'schedule_seconds')}
) as evaluated
having count(*) > 0`,
    columns: {
      Objective: inUnit('percentunit'),
      Kept: [
        ...inUnit('percentunit'),
        { id: 'decimals', value: 2 },
        { id: 'thresholds', value: thresholds('red', { from: objective, color: 'green' }).build() },
        { id: 'custom.cellOptions', value: { type: 'color-text' } },
      ],
      Burn: [{ id: 'decimals', value: 1 }],
    },
    noValue: 'no batch',
  });
}

/** The part of each interval that lies in a stale stretch, for the intervals of the graph that can be evaluated as a whole. */
const staleByInterval = `${staleStretches},
points as (
  select
    bucket,
    coalesce(
      sum(
        extract(
          epoch from least(stale.ends_at, to_timestamp(bucket + $__interval_ms / 1000.0))
            - greatest(stale.begins_at, to_timestamp(bucket))
        )
      ) filter (where stale.begins_at is not null),
      0
    ) / ($__interval_ms / 1000.0) as stale_ratio
  from span
  cross join generate_series(
    ceil(extract(epoch from span.begins_at) * 1000 / $__interval_ms) * $__interval_ms / 1000,
    floor(extract(epoch from span.ends_at) * 1000 / $__interval_ms - 1) * $__interval_ms / 1000,
    $__interval_ms / 1000.0
  ) as bucket
  left join stale
    on stale.begins_at < to_timestamp(bucket + $__interval_ms / 1000.0)
    and stale.ends_at > to_timestamp(bucket)
  group by bucket
)`;

/** The ratio of fresh time, over time, with the line of the objective. */
export function freshnessOverTime(): TimeseriesBuilder {
  return withLimits(
    linesPanel({
      id: 14,
      title: 'Fresh, over time',
      description: `Ratio of each interval in which sales were fresh, with the objective of 99 % as a line. ${meaning}`,
      unit: 'percentunit',
      width: 8,
      height: 8,
      sql: `with ${staleByInterval}
select
  to_timestamp(bucket) as "time",
  1 - stale_ratio as "Fresh"
from points
order by bucket`,
      series: { Fresh: 'green' },
      interval: '1m',
    }),
    thresholds('red', { from: objective, color: 'green' }),
  ).max(1);
}

/** Burn of the error budget over the hour before each point. */
export function burnOverTime(): TimeseriesBuilder {
  return withLimits(
    linesPanel({
      id: 15,
      title: 'Budget burn, over time',
      description: `How fast the error budget of 1 % was used up in the hour before each point, with lines at 1 and ${fastBurn}. ${meaning}`,
      unit: 'short',
      width: 8,
      height: 8,
      sql: `with ${staleByInterval}
select
  to_timestamp(bucket) as "time",
  avg(stale_ratio) over (
    order by bucket
    rows between (3600000 / $__interval_ms)::int preceding and current row
  ) / ${budget.toFixed(2)} as "Burn"
from points
order by bucket`,
      series: { Burn: 'orange' },
      interval: '1m',
    }),
    thresholds('transparent', { from: 1, color: 'orange' }, { from: fastBurn, color: 'red' }),
  );
}
