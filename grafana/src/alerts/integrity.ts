import { dashboardUids } from '../dashboard-links.ts';
import { reconciledEverySeconds, sinceLastReconciliation } from '../sql/ledger.ts';
import type { AlertRule } from './alert-rule.ts';

/** Whether anything is lost, doubled or wrong. */
export const integrityRules: readonly AlertRule[] = [
  {
    uid: 'integrity-incident',
    title: 'The pipeline stopped rather than guess',
    severity: 'critical',
    summary:
      '{{ printf "%.0f" $values.value.Value }} integrity incidents are open, {{ printf "%.0f" $values.lost.Value }} records known to be lost. Nothing is loaded until somebody decides.',
    description: 'An integrity stop is open: the log and the stored positions do not fit together.',
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
      'The last reconciliation found {{ printf "%.0f" $values.value.Value }} differences among {{ printf "%.0f" $values.checked.Value }} transactions.',
    description: 'Facts, roll-ups, ledger and positions do not agree, says the last reconciliation.',
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
    summary: 'The last reconciliation ended {{ humanizeDuration $values.value.Value }} ago; one is due every day.',
    description:
      'The last reconciliation ended more than 26 hours ago; where there was none yet, the first batch was planned so long ago. What is lost or doubled meanwhile goes unnoticed.',
    section: 'No reconciliation ran',
    value: sinceLastReconciliation,
    limit: { type: 'gt', value: reconciledEverySeconds },
    for: '0s',
    panel: { dashboardUid: dashboardUids.pipelineHealth, id: 11 },
  },
];
