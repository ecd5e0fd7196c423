import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { provisionedRules } from './alerts/rule-groups.ts';
import { batch } from './batch/dashboard.ts';
import { fraud } from './fraud/dashboard.ts';
import { pipelineHealth } from './pipeline-health/dashboard.ts';
import { salesPulse } from './sales-pulse/dashboard.ts';

/** The alert rules, which Grafana reads as it starts. */
export const rulesFile = new URL('../provisioning/alerting/rules.json', import.meta.url);

/** Text of each dashboard by its name in that folder; the same on every run. */
export function dashboardFiles(): ReadonlyMap<string, string> {
  const dashboards = [batch(), fraud(), pipelineHealth(), salesPulse()];
  return new Map(dashboards.map((dashboard) => [fileName(dashboard), textOf(dashboard)]));
}

/** Text of the alert rules; the same on every run. */
export function rulesText(): string {
  return textOf(provisionedRules());
}

function textOf(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function fileName(dashboard: Dashboard): string {
  if (dashboard.uid === undefined) throw new Error(`the dashboard ${dashboard.title} has no uid`);
  return `${dashboard.uid}.json`;
}
