import type { PanelBuilder as BarchartBuilder } from '@grafana/grafana-foundation-sdk/barchart';
import type { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';

import { barsPanel } from '../bars-panel.ts';
import { redWhen } from '../red-when.ts';
import { baseMoneyText, moneyText } from '../sql/money.ts';
import { inUnit, money, tablePanel } from '../table-panel.ts';
import { chosenBatch, which } from './batch.ts';

/** A run as Airflow's own page shows it; the address of Airflow is a variable of the dashboard. */
const runUrl = '${airflow}/dags/${__data.fields.DAG:percentencode}/runs/${__value.raw:percentencode}';

/** All that is recorded about the batch. */
export function tables(): (TableBuilder | BarchartBuilder)[] {
  return [summary(), failure(), durations(), salesByCurrency(), ranges(), rejects()];
}

function summary(): TableBuilder {
  return tablePanel({
    id: 7,
    title: 'Batch',
    description: `The batch in the ledger. Click the run to see it in Airflow; batches started by hand have none. ${which}`,
    width: 24,
    height: 4,
    sql: `select
  batch_id as "Batch",
  airflow_run_id as "Airflow run",
  state as "State",
  kind as "Kind",
  planned_at as "Planned",
  loaded_at as "Loaded",
  extract(epoch from loaded_at - planned_at) as "Until loaded",
  newest_transaction_at as "Newest sale",
  hole_count as "Holes",
  staging_free_bytes as "Staging area, free",
  rule_set_version as "Rule set",
  code_version as "Version",
  airflow_dag_id as "DAG"
from etl_batches
where batch_id = ${chosenBatch}`,
    columns: {
      State: redWhen('planned'),
      Loaded: [{ id: 'custom.width', value: 160 }],
      'Until loaded': [...inUnit('s'), { id: 'decimals', value: 1 }],
      'Staging area, free': inUnit('decbytes'),
      'Airflow run': [{ id: 'links', value: [{ title: 'The run in Airflow', url: runUrl, targetBlank: true }] }],
    },
    noValue: 'no such batch',
  });
}

function failure(): TableBuilder {
  return tablePanel({
    id: 8,
    title: 'Failures',
    description: `The last failure of the batch that is not overcome, and the integrity stops that it found: what was wrong, and the remedy. ${which}`,
    width: 24,
    height: 5,
    sql: `select
  failed_at as "When",
  error_code as "Code",
  error_message as "Message"
from etl_batches
where batch_id = ${chosenBatch}
  and error_code is not null
union all
select
  last_seen_at,
  kind,
  message
from etl_incidents
where batch_id = ${chosenBatch}
order by 1 desc`,
    noValue: 'no failure',
  });
}

function durations(): BarchartBuilder {
  return barsPanel({
    id: 9,
    title: 'Duration, by step',
    description: `What the last run of each step took, without the time in which Airflow started it. ${which}`,
    unit: 'ms',
    width: 12,
    height: 7,
    sql: `select
  step as "Step",
  duration_ms as "Duration"
from etl_batches
cross join lateral (
  values
    (1, 'extract', extract_duration_ms),
    (2, 'validate', validate_duration_ms),
    (3, 'transform', transform_duration_ms),
    (4, 'load', load_duration_ms)
) as steps (position, step, duration_ms)
where batch_id = ${chosenBatch}
  and duration_ms is not null
order by position`,
    color: 'blue',
    xField: 'Step',
    noValue: 'no step ended yet',
  });
}

function ranges(): TableBuilder {
  return tablePanel({
    id: 10,
    title: 'Ranges',
    description: `The offsets that the batch reads from each partition, [from, next), what became of their records, and what lay beyond in Kafka when it was planned. ${which}`,
    width: 24,
    height: 6,
    sql: `select
  topic as "Topic",
  epoch as "Epoch",
  partition as "Partition",
  from_offset as "From",
  next_offset as "Next",
  next_offset - from_offset as "Offsets",
  end_offset - next_offset as "Left behind",
  read_count as "Read",
  loaded_count as "Loaded",
  duplicate_count as "Duplicates",
  rejected_count as "Rejected",
  hole_count as "Holes",
  case when is_loaded then 'loaded' else 'not loaded' end as "State"
from etl_batch_ranges
where batch_id = ${chosenBatch}
order by topic, partition`,
    columns: { State: redWhen('not loaded') },
    noValue: 'no range',
  });
}

function rejects(): TableBuilder {
  return tablePanel({
    id: 11,
    title: 'Rejected records',
    description: `The first fifty records of the batch that went into quarantine, with the first reason found and what has become of them since. ${which}`,
    width: 24,
    height: 8,
    sql: `select
  topic as "Topic",
  partition as "Partition",
  "offset" as "Offset",
  stage as "Step",
  reason_code as "Reason",
  status as "Status",
  errors -> 0 ->> 'field' as "Field",
  errors -> 0 ->> 'message' as "Message",
  order_id as "Order"
from rejected_transactions
where batch_id = ${chosenBatch}
order by partition, "offset"
limit 50`,
    columns: { Status: redWhen('open') },
    noValue: 'nothing rejected',
  });
}

/** The rows of a batch have its time of loading, which a small index finds. */
function salesByCurrency(): TableBuilder {
  return tablePanel({
    id: 12,
    title: 'Loaded, by currency',
    description: `The transactions that the batch loaded, by currency: prices in that currency, and converted to the base currency. ${which}`,
    width: 12,
    height: 7,
    sql: `select
  currency as "Currency",
  count(*) as "Transactions",
  ${moneyText('sum(amount)', 'currency')} as "Own currency",
  ${baseMoneyText('sum(amount_base)')} as "Base currency"
from transactions
where processed_at = (
  select loaded_at
  from etl_batches
  where batch_id = ${chosenBatch}
)
  and batch_id = ${chosenBatch}
group by currency
order by sum(amount_base) desc, 1`,
    columns: { 'Own currency': money, 'Base currency': money },
    noValue: 'nothing loaded',
  });
}
