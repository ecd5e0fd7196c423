import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { batch } from './batch/dashboard.ts';
import { fraud } from './fraud/dashboard.ts';
import { pipelineHealth } from './pipeline-health/dashboard.ts';
import { salesPulse } from './sales-pulse/dashboard.ts';

/** Where dashboards are written to, and provisioned from. */
export const dashboardsFolder = new URL('../dashboards/', import.meta.url);

/** Text of each generated file by its name in that folder; the same on every run. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const dashboards = [batch(), fraud(), pipelineHealth(), salesPulse()];
  return new Map(dashboards.map((dashboard) => [fileName(dashboard), `${JSON.stringify(dashboard, null, 2)}\n`]));
}

function fileName(dashboard: Dashboard): string {
  if (dashboard.uid === undefined) throw new Error(`the dashboard ${dashboard.title} has no uid`);
  return `${dashboard.uid}.json`;
}
