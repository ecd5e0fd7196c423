import type { Rule } from '@grafana/grafana-foundation-sdk/alerting';

import { buildRule, type AlertRule } from './alert-rule.ts';
import { capacityRules } from './capacity.ts';
import { freshnessRules } from './freshness.ts';
import { integrityRules } from './integrity.ts';
import { qualityRules } from './quality.ts';

/** The folder of grafana/provisioning/dashboards/dashboards.yaml, by its title: rules are beside the dashboards. */
export const folderTitle = 'Global Sales Pulse';

/** Every rule by its group; a group is evaluated together, as often as batches are due. */
const groups: Readonly<Record<string, readonly AlertRule[]>> = {
  freshness: freshnessRules,
  integrity: integrityRules,
  quality: qualityRules,
  capacity: capacityRules,
};

/**
 * What Grafana's file provisioning reads: https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/
 * It names a few things differently from the API and the SDK.
 */
export function provisionedRules(): object {
  return {
    apiVersion: 1,
    groups: Object.entries(groups).map(([name, rules]) => ({
      orgId: 1,
      name,
      folder: folderTitle,
      interval: '30s',
      rules: rules.map((rule) => provisioned(buildRule(rule, name), rule)),
    })),
  };
}

function provisioned(
  { orgID: _org, folderUID: _folder, ruleGroup: _group, ...rule }: Rule,
  { panel }: AlertRule,
): object {
  return { ...rule, dashboardUid: panel.dashboardUid, panelId: panel.id };
}
