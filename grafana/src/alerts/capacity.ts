import { dashboardUids } from '../dashboard-links.ts';
import { inTime, partitionLag, stagingFree } from '../sql/ledger.ts';
import { allowanceText, intervalOf, minutesOf, type Allowance } from '../sql/schedule.ts';
import type { AlertRule } from './alert-rule.ts';

/** Room for two batches at their cap. */
const freeBytesMin = 2e9;

/** How long batches have to leave messages behind: long enough for several of them. */
const lagSpan: Allowance = { periods: 3, secondsMin: 300 };

/**
 * How each topic's lag has grown: what each batch left in Kafka, planned in that span, and the last one before it, so that the
 * span is covered. A batch that is not loaded leaves its own ranges too, unless it is under way: then the next one shows it.
 */
const growthByTopic = `covered as (
  select topic, max(planned_at) as since
  from etl_batches
  where planned_at between now() - 2 * ${intervalOf(lagSpan)} - interval '1 hour' and now() - ${intervalOf(lagSpan)}
    and state <> 'superseded'
    and kind in ('scheduled', 'manual', 'backfill')
  group by topic
),
left_behind as (
  select
    batches.topic,
    planned_at,
    sum(end_offset - case when state = 'loaded' then next_offset else from_offset end) as messages
  from covered
  join etl_batches as batches on batches.topic = covered.topic and planned_at >= since
  join etl_batch_ranges using (batch_id)
  where state <> 'superseded'
    and (state = 'loaded' or planned_at < now() - ${intervalOf(inTime)})
  group by batch_id, batches.topic, planned_at
),
growth as (
  select
    topic,
    (array_agg(messages order by planned_at desc))[1] as newest,
    case
      when min(messages) > 0
        then (array_agg(messages order by planned_at desc))[1] - (array_agg(messages order by planned_at))[1]
    end as messages
  from left_behind
  group by topic
)`;

/** Kafka aborts the transaction of a silent producer after 1 minute, or after the time-out that the producer chose, at most 15 minutes. */
const heldSecondsMax = 300;

/** Whether there is room and speed enough, and nothing in the way. */
export const capacityRules: readonly AlertRule[] = [
  {
    uid: 'lag-growing',
    title: 'The lag grows',
    severity: 'warning',
    summary:
      'Batches have left messages in Kafka for {{ printf "%.0f" $values.minutes.Value }} minutes: {{ printf "%.0f" $values.left.Value }} now, {{ printf "%.0f" $values.value.Value }} more than at first. Look at the durations of batches on Pipeline Health.',
    description: `For ${allowanceText(lagSpan)}, no batch of a topic has caught up with its log, and the newest left more behind than the oldest. While no batch is planned the lag is not known, and the rule no-batch fires.`,
    section: 'Sales stay in Kafka',
    value: `with ${growthByTopic}
select coalesce(max(messages), 0) as "Growth"
from growth`,
    limit: { type: 'gt', value: 0 },
    figures: {
      minutes: minutesOf(lagSpan),
      left: `with ${growthByTopic}
select coalesce((array_agg(newest order by messages desc nulls last))[1], 0) as "Left"
from growth`,
    },
    for: '0s',
    panel: { dashboardUid: dashboardUids.pipelineHealth, id: 19 },
  },
  {
    uid: 'staging-disk',
    title: 'The staging area is nearly full',
    severity: 'critical',
    summary:
      '{{ humanize1024 $values.value.Value }}B are free in the staging area (ETL_STAGING_DIR). Free space there, or batches will fail.',
    description:
      'Less than 2 GB were free in the staging area when a batch was last planned; a batch of a million messages takes about 0.7 GB.',
    section: 'The disk of the staging area is full',
    value: stagingFree,
    limit: { type: 'lt', value: freeBytesMin },
    for: '0s',
    panel: { dashboardUid: dashboardUids.pipelineHealth, id: 6 },
  },
  {
    uid: 'partition-held',
    title: 'A transaction holds a partition',
    severity: 'warning',
    summary:
      'A transaction in Kafka has been open for {{ humanizeDuration $values.value.Value }}: {{ printf "%.0f" $values.held.Value }} records wait behind it in {{ printf "%.0f" $values.partitions.Value }} partitions, the first of them partition {{ printf "%.0f" $values.first.Value }}. Stop that producer or abort its transaction.',
    description:
      'A producer has neither committed nor aborted its transaction for 5 minutes. Sales of that partition are not loaded until it ends, and the lag does not count them.',
    section: 'A transaction holds a partition',
    value: `with partitions as (
${partitionLag}
)
select coalesce(max(held_seconds), 0) as "Held"
from partitions`,
    limit: { type: 'gt', value: heldSecondsMax },
    figures: {
      held: heldFigure('coalesce(sum(held), 0)', 'Records'),
      partitions: heldFigure('count(*)', 'Partitions'),
      first: heldFigure('coalesce(min(partition), 0)', 'Partition'),
    },
    for: '0s',
    panel: { dashboardUid: dashboardUids.pipelineHealth, id: 20 },
  },
];

/** A figure over the partitions that are held for longer than they may. */
function heldFigure(expression: string, name: string): string {
  return `with partitions as (
${partitionLag}
)
select ${expression} as "${name}"
from partitions
where held_seconds > ${heldSecondsMax}`;
}
