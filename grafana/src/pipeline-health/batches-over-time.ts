import type { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

import { linesPanel, stackedBarsPanel } from '../graph-panel.ts';
import { batchInterval } from '../schedule-variable.ts';

const size = { width: 12, height: 8 };

/** How long batches take and what comes out of them. */
export function batchesOverTime(): TimeseriesBuilder[] {
  return [durations(), records(), throughput(), lag()];
}

function durations(): TimeseriesBuilder {
  return stackedBarsPanel({
    ...size,
    id: 16,
    title: 'Duration of a batch, by step',
    description:
      'What each step of a batch took, without the time in which Airflow starts it; over longer ranges the mean of the batches planned in each interval. Empty batches have no steps and do not count.',
    unit: 'ms',
    sql: `select
  to_timestamp($__timeGroup(planned_at, '$__interval')) as "time",
  avg(extract_duration_ms) as "extract",
  avg(validate_duration_ms) as "validate",
  avg(transform_duration_ms) as "transform",
  avg(load_duration_ms) as "load"
from etl_batches
where $__timeFilter(planned_at)
  and extract_duration_ms is not null
group by 1
order by 1`,
    series: { extract: 'blue', validate: 'green', transform: 'purple', load: 'orange' },
    interval: batchInterval,
  });
}

function records(): TimeseriesBuilder {
  return stackedBarsPanel({
    ...size,
    id: 17,
    title: 'Records of a batch, by outcome',
    description:
      'What became of the records that batches read: loaded, the same order again, or put into quarantine; their sum is what was read. Over longer ranges the sum of the batches loaded in each interval.',
    unit: 'short',
    sql: `select
  to_timestamp($__timeGroup(loaded_at, '$__interval')) as "time",
  sum(loaded_count) as "loaded",
  sum(duplicate_count) as "duplicate",
  sum(rejected_count) as "rejected"
from etl_batches
where state = 'loaded'
  and $__timeFilter(loaded_at)
group by 1
order by 1`,
    series: { loaded: 'green', duplicate: 'yellow', rejected: 'red' },
    interval: batchInterval,
  });
}

function throughput(): TimeseriesBuilder {
  return linesPanel({
    ...size,
    id: 18,
    title: 'Throughput',
    description:
      'Records a second: what came in, and what the four steps managed while they were at work. They keep up while the second is above the first.',
    unit: 'short',
    sql: `select
  to_timestamp($__timeGroup(loaded_at, '$__interval')) as "time",
  sum(read_count) / ($__interval_ms / 1000.0) as "read",
  sum(read_count) / nullif(
    sum(extract_duration_ms + validate_duration_ms + transform_duration_ms + load_duration_ms) / 1000.0,
    0
  ) as "read while at work"
from etl_batches
where state = 'loaded'
  and $__timeFilter(loaded_at)
group by 1
order by 1`,
    series: { read: 'blue', 'read while at work': 'green' },
    interval: batchInterval,
  });
}

function lag(): TimeseriesBuilder {
  return linesPanel({
    ...size,
    id: 19,
    title: 'Lag, over time',
    description:
      'Messages in Kafka that were not loaded when a batch was planned, and those beyond its ranges, which it left for later batches; the most of each interval. The lines end where no batch was planned any more.',
    unit: 'short',
    sql: `select
  to_timestamp($__timeGroup(planned_at, '$__interval')) as "time",
  max(waiting) as "waiting",
  max(left_behind) as "left behind"
from (
  select
    planned_at,
    sum(end_offset - from_offset) as waiting,
    sum(end_offset - next_offset) as left_behind
  from etl_batches
  join etl_batch_ranges using (batch_id)
  where $__timeFilter(planned_at)
  group by batch_id, planned_at
) as plans
group by 1
order by 1`,
    series: { waiting: 'blue', 'left behind': 'red' },
    interval: batchInterval,
  });
}
