import { dashboardUids } from '../dashboard-links.ts';
import { reconciledEverySeconds, sinceLastReconciliation } from '../sql/ledger.ts';
import type { AlertRule } from './alert-rule.ts';

/** Whether anything is lost, doubled or wrong. */
export const integrityRules: readonly AlertRule[] = [
  {
    uid: 'integrity-incident',
    title: 'The pipeline stopped for a decision',
    severity: 'critical',
    summary:
      '{{ printf "%.0f" $values.value.Value }} integrity incidents are open, with {{ printf "%.0f" $values.lost.Value }} lost records. Nothing is loaded until you decide: etl status names the command for each.',
    description: 'An integrity stop is open: the records in Kafka do not match the positions stored in the warehouse.',
    section: 'Integrity stops',
    value: `select count(*) as "Open"
from etl_incidents
where resolved_at is null`,
    limit: { type: 'gt', value: 0 },
    figures: {
      lost: `select coalesce(sum(lost_count), 0) as "Lost"
from etl_incidents
where resolved_at is null`,
    },
    for: '0s',
    panel: { dashboardUid: dashboardUids.pipelineHealth, id: 5 },
  },
  {
    uid: 'reconciliation-failed',
    title: 'A reconciliation found differences',
    severity: 'critical',
    summary:
      'The last reconciliation found {{ printf "%.0f" $values.value.Value }} differences among {{ printf "%.0f" $values.checked.Value }} transactions. Run etl reconcile to list them.',
    description: 'The last reconciliation found that transactions, roll-ups, ledger and positions do not agree.',
    section: 'The reconciliation finds a difference',
    value: `select difference_count as "Differences"
from etl_reconciliations
order by finished_at desc
limit 1`,
    limit: { type: 'gt', value: 0 },
    figures: {
      checked: `select checked_transaction_count as "Transactions"
from etl_reconciliations
order by finished_at desc
limit 1`,
    },
    for: '0s',
    panel: { dashboardUid: dashboardUids.pipelineHealth, id: 12 },
  },
  {
    uid: 'reconciliation-overdue',
    title: 'No reconciliation ran',
    severity: 'warning',
    summary:
      'No reconciliation has ended for {{ humanizeDuration $values.value.Value }}; one is due every day. Look at the DAG etl_reconcile in Airflow.',
    description:
      'No reconciliation has ended for more than 26 hours, counted from the first batch where there was none yet. Lost or duplicate transactions would not be noticed.',
    section: 'No reconciliation ran',
    value: sinceLastReconciliation,
    limit: { type: 'gt', value: reconciledEverySeconds },
    for: '0s',
    panel: { dashboardUid: dashboardUids.pipelineHealth, id: 11 },
  },
];
