import { dashboardUids } from '../dashboard-links.ts';
import { newestSaleAge, sinceLastLoad, staleAfterSeconds } from '../sql/ledger.ts';
import type { AlertRule } from './alert-rule.ts';

/** Age of the newest sale from which sales count as missing, in seconds. */
const saleAgeMaxSeconds = 300;

/** Whether sales arrive in time. */
export const freshnessRules: readonly AlertRule[] = [
  {
    uid: 'no-batch',
    title: 'No batch is loaded',
    severity: 'critical',
    summary: 'No batch was loaded for {{ humanizeDuration $values.value.Value }}; one is due every 30 s.',
    description: `The last load, of an empty batch too, is more than ${staleAfterSeconds} s ago.`,
    section: 'No batch is loaded',
    value: sinceLastLoad,
    limit: { type: 'gt', value: staleAfterSeconds },
    for: '0s',
    panel: { dashboardUid: dashboardUids.pipelineHealth, id: 1 },
  },
  {
    uid: 'stale-sales',
    title: 'The newest sale is old',
    severity: 'warning',
    summary: 'The newest sale that is loaded took place {{ humanizeDuration $values.value.Value }} ago.',
    description: `The newest sale that is loaded took place more than ${saleAgeMaxSeconds} s ago, though batches may be loaded.`,
    section: 'The newest sale is old',
    value: newestSaleAge,
    limit: { type: 'gt', value: saleAgeMaxSeconds },
    for: '0s',
    panel: { dashboardUid: dashboardUids.pipelineHealth, id: 2 },
  },
];
