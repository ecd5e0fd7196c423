import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';

/** Addresses of the dashboards: fixed, since links and bookmarks hold them. */
export const dashboardUids = {
  salesPulse: 'sales-pulse',
  pipelineHealth: 'pipeline-health',
  fraud: 'fraud',
  batch: 'batch',
} as const;

/**
 * What a click on a table's cell leads to: the dashboard, for the same time, about the cell's own value. The value is
 * percent-encoded, for batch ids hold a plus.
 */
function toDashboard(uid: string, variable: string, title: string): DynamicConfigValue[] {
  const url = `/d/${uid}?\${__url_time_range}&var-${variable}=\${__value.raw:percentencode}`;
  return [{ id: 'links', value: [{ title, url, targetBlank: false }] }];
}

/** Properties of a column of batch ids. */
export function linkToBatch(): DynamicConfigValue[] {
  return toDashboard(dashboardUids.batch, 'batch', 'All about this batch');
}

/** Properties of a column of customer ids. */
export function linkToCustomer(): DynamicConfigValue[] {
  return toDashboard(dashboardUids.fraud, 'customer', 'All about this customer');
}
