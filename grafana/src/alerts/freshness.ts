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
      'No batch was loaded for {{ humanizeDuration $values.since.Value }}; one is due every {{ printf "%.0f" $values.every.Value }} s.',
    description: `The last load, of an empty batch too, is longer ago than ${allowanceText(staleAfter)}. Airflow has no part in this rule: it also fires while the scheduler hangs.`,
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
    summary: 'The newest sale that is loaded took place {{ humanizeDuration $values.age.Value }} ago.',
    description: `The newest sale that is loaded took place longer ago than ${allowanceText(salesMissingAfter)}, though batches may be loaded. The sales of the first load count as of it.`,
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
