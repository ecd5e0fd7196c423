import { jsonText } from '../json-text.ts';
import { provisionedRules } from './rule-groups.ts';

/** The alert rules, which Grafana reads as it starts. */
export const rulesFile = new URL('../../provisioning/alerting/rules.json', import.meta.url);

/** Text of the alert rules; the same on every run. */
export function rulesText(): string {
  return jsonText(provisionedRules());
}
