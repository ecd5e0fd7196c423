import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { batch } from './batch/dashboard.ts';
import { fraud } from './fraud/dashboard.ts';
import { jsonText } from './json-text.ts';
import { pipelineHealth } from './pipeline-health/dashboard.ts';
import { salesPulse } from './sales-pulse/dashboard.ts';

/** Text of each dashboard by its name in that folder; the same on every run. */
export function dashboardFiles(): ReadonlyMap<string, string> {
  const dashboards = [batch(), fraud(), pipelineHealth(), salesPulse()];
  return new Map(dashboards.map((dashboard) => [fileName(dashboard), jsonText(dashboard)]));
}

function fileName(dashboard: Dashboard): string {
  if (dashboard.uid === undefined) throw new Error(`the dashboard ${dashboard.title} has no uid`);
  return `${dashboard.uid}.json`;
}
