import type { PanelBuilder as BarchartBuilder } from '@grafana/grafana-foundation-sdk/barchart';
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';

import { barsPanel } from '../bars-panel.ts';
import { linkToBatch } from '../dashboard-links.ts';
import { redWhen } from '../red-when.ts';
import { partitionLag, staleAfter } from '../sql/ledger.ts';
import { allowanceText, secondsOf } from '../sql/schedule.ts';
import { unverifiedTax } from '../sql/unverified-tax.ts';
import { inUnit, money, tablePanel } from '../table-panel.ts';
import { thresholds } from '../thresholds.ts';

/** The position of each partition, and why records were rejected. */
export function standing(): (TableBuilder | BarchartBuilder)[] {
  return [partitions(), rejectReasons()];
}

/** Batches, incidents and reconciliations, one by one. */
export function records(): TableBuilder[] {
  return [batches(), incidents(), reconciliations(), unverifiedTaxes()];
}

function redFrom(value: number): DynamicConfigValue[] {
  return [
    { id: 'thresholds', value: thresholds('text', { from: value, color: 'red' }).build() },
    { id: 'custom.cellOptions', value: { type: 'color-text' } },
  ];
}

function partitions(): TableBuilder {
  return tablePanel({
    id: 20,
    title: 'Lag by partition',
    description: `For each partition the next offset to load, the end of the log when a batch was last planned, the messages between them, how many more wait behind an open transaction and since when, and how long ago that was, whatever time range is chosen. Nothing newer is known while no batch is planned: the state is then outdated, from ${allowanceText(staleAfter)}.`,
    width: 15,
    height: 8,
    sql: `with partitions as (
${partitionLag}
)
select
  topic as "Topic",
  partition as "Partition",
  next_offset as "Position",
  end_offset as "End",
  lag as "Lag",
  held as "Held",
  seen_seconds as "As of",
  case when seen_seconds >= ${secondsOf(staleAfter)} then 'outdated' else 'current' end as "State",
  held_since as "Held since"
from partitions
order by topic, partition`,
    columns: { Held: redFrom(1), 'As of': [...inUnit('s'), { id: 'decimals', value: 0 }], State: redWhen('outdated') },
    noValue: 'no partition yet',
  });
}

function rejectReasons(): BarchartBuilder {
  return barsPanel({
    id: 21,
    title: 'Rejected, by reason',
    description:
      'Records put into quarantine in the time range, by the first reason found: the fifteen most frequent. `etl rejected list` shows the records.',
    unit: 'short',
    width: 9,
    height: 8,
    sql: `select
  reason_code as "Reason",
  count(*) as "Records"
from rejected_transactions
where $__timeFilter(rejected_at)
group by reason_code
order by 2 desc, 1
limit 15`,
    color: 'red',
    xField: 'Reason',
    noValue: 'nothing rejected',
  });
}

function batches(): TableBuilder {
  return tablePanel({
    id: 22,
    title: 'Batches',
    description:
      'The fifty newest batches planned in the time range; a click on one leads to its page. The duration is that of its steps, without the time in which Airflow starts them.',
    width: 24,
    height: 11,
    sql: `select
  planned_at as "Planned",
  batch_id as "Batch",
  state as "State",
  extract(epoch from loaded_at - planned_at) as "Until loaded",
  coalesce(extract_duration_ms, 0) + coalesce(validate_duration_ms, 0)
    + coalesce(transform_duration_ms, 0) + coalesce(load_duration_ms, 0) as "Duration",
  read_count as "Read",
  loaded_count as "Loaded",
  duplicate_count as "Duplicates",
  rejected_count as "Rejected",
  greatest(attempt_count - 4, 0) as "Retries",
  error_code as "Error",
  flagged_count as "Flagged",
  hole_count as "Holes",
  other_key_count as "Other keys",
  kind as "Kind",
  topic as "Topic"
from etl_batches
where $__timeFilter(planned_at)
order by planned_at desc, batch_id
limit 50`,
    columns: {
      Batch: linkToBatch(),
      State: redWhen('planned'),
      'Until loaded': [...inUnit('s'), { id: 'decimals', value: 1 }],
      Duration: inUnit('ms'),
      Rejected: redFrom(1),
      Retries: redFrom(1),
    },
    noValue: 'no batch',
  });
}

function incidents(): TableBuilder {
  return tablePanel({
    id: 23,
    title: 'Incidents',
    description:
      'Integrity stops: those that are open, and those opened in the time range, newest first. The message names what is missing and which command accepts it.',
    width: 24,
    height: 6,
    sql: `select
  opened_at as "Opened",
  case when resolved_at is null then 'open' else 'resolved' end as "Status",
  kind as "Incident",
  message as "Message",
  lost_count as "Lost",
  occurrence_count as "Seen",
  partition as "Partition",
  topic as "Topic",
  batch_id as "Batch",
  resolution as "Resolution"
from etl_incidents
where resolved_at is null
  or $__timeFilter(opened_at)
order by resolved_at is null desc, opened_at desc
limit 50`,
    columns: { Status: redWhen('open'), Batch: linkToBatch() },
    noValue: 'no incident',
  });
}

function reconciliations(): TableBuilder {
  return tablePanel({
    id: 24,
    title: 'Reconciliations',
    description:
      'Each comparison of facts, roll-ups, ledger and positions that ended in the time range, newest first: how much it looked at, and what it found.',
    width: 24,
    height: 6,
    sql: `select
  finished_at as "Finished",
  case when is_deep then 'deep' else 'plain' end as "Kind",
  extract(epoch from finished_at - started_at) as "Took",
  checked_batch_count as "Batches",
  checked_transaction_count as "Transactions",
  difference_count as "Differences",
  differences -> 0 ->> 'message' as "First difference"
from etl_reconciliations
where $__timeFilter(finished_at)
order by finished_at desc
limit 50`,
    columns: { Took: inUnit('s'), Differences: redFrom(1) },
    noValue: 'none in this time',
  });
}

function unverifiedTaxes(): TableBuilder {
  return tablePanel({
    id: 28,
    title: 'Charged by unverified tax rates',
    description:
      'Sales whose tax rate no verified rule in force confirms, by the day of their tax (whole days of the time range), the most tax first. `etl tax-rates list --unverified` names the rules, `etl tax-rates verify` puts on record that one is right; after an import of another rate `etl reprocess` computes sales again.',
    width: 24,
    height: 6,
    sql: unverifiedTax,
    columns: { Rate: inUnit('percentunit'), Transactions: redFrom(1), 'Base amount': money, 'Tax, base': money },
    noValue: 'none: every rate charged is verified',
  });
}
