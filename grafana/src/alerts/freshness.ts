import { dashboardUids } from '../dashboard-links.ts';
import { loadOverdue, newestSaleAge, salesMissingAfter, sinceLastLoad, staleAfter } from '../sql/ledger.ts';
import { allowanceText, scheduleSeconds, secondsOf } from '../sql/schedule.ts';
import type { AlertRule } from './alert-rule.ts';

/** Whether sales arrive in time. */
export const freshnessRules: readonly AlertRule[] = [
  {
    uid: 'no-batch',
    title: 'No batch is loaded',
    severity: 'critical',
    summary:
      'No batch was loaded for {{ humanizeDuration $values.since.Value }}; one is due every {{ printf "%.0f" $values.every.Value }} s. Look at the runs of etl_pipeline in Airflow.',
    description: `The last load, also of an empty batch, is longer ago than ${allowanceText(staleAfter)}. The rule reads the warehouse only, so it also fires while Airflow's scheduler hangs.`,
    section: 'No batch is loaded',
    value: loadOverdue,
    limit: { type: 'gt', value: 0 },
    figures: { since: sinceLastLoad, every: `select ${scheduleSeconds} as "Every"` },
    for: '0s',
    panel: { dashboardUid: dashboardUids.pipelineHealth, id: 1 },
  },
  {
    uid: 'stale-sales',
    title: 'The newest sale is old',
    severity: 'warning',
    summary:
      'The newest loaded sale is {{ humanizeDuration $values.age.Value }} old. Check that the producers send, and the lag on Pipeline Health.',
    description: `The newest loaded sale is older than ${allowanceText(salesMissingAfter)}. Batches may still be loaded. The sales of the first load count as of it.`,
    section: 'The newest sale is old',
    value: `select
  "Age of the newest sale" - ${secondsOf(salesMissingAfter)} as "Overdue"
from (
${newestSaleAge}
) as sales`,
    limit: { type: 'gt', value: 0 },
    figures: { age: newestSaleAge },
    for: '0s',
    panel: { dashboardUid: dashboardUids.pipelineHealth, id: 2 },
  },
];
