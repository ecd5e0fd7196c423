import { QueryBuilder, RuleBuilder, type Rule } from '@grafana/grafana-foundation-sdk/alerting';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { TypeThresholdBuilder } from '@grafana/grafana-foundation-sdk/expr';

import { projectTag } from '../pulse-dashboard.ts';
import { warehouseDatasource } from '../warehouse-datasource.ts';
import { warehouseQuery } from '../warehouse-query.ts';

/** How soon an alert needs attention: critical now, warning today. */
type Severity = 'critical' | 'warning';

/** One alert rule: a figure, the limit that it must not pass, and the message. */
export interface AlertRule {
  /** Fixed: silences refer to it. */
  readonly uid: string;
  readonly title: string;
  readonly severity: Severity;
  /** What is wrong, where, and what to do, with figures: `{{ printf "%.0f" $values.NAME.Value }}`, where NAME is `value` or one of `figures`. */
  readonly summary: string;
  /** What the rule looks at, in full sentences. */
  readonly description: string;
  /** Heading of its section in docs/RUNBOOK.md. */
  readonly section: string;
  /** SQL of the figure: one row of one number. No row is no reason for an alarm. */
  readonly value: string;
  readonly limit: { readonly type: 'gt' | 'lt'; readonly value: number };
  /** SQL of further figures of the summary, by name. */
  readonly figures?: Readonly<Record<string, string>>;
  /** How long the limit has to be passed before it fires, as `2m`. */
  readonly for: string;
  /** The panel that shows the figure. */
  readonly panel: { readonly dashboardUid: string; readonly id: number };
}

/** The rule's condition, by its name among the queries. */
const conditionName = 'isPassed';

/** The rule as the SDK describes it, as part of a group. */
export function buildRule(rule: AlertRule, group: string): Rule {
  const { dashboardUid, id } = rule.panel;
  const queries = Object.entries({ value: rule.value, ...rule.figures });
  return new RuleBuilder(rule.title)
    .uid(rule.uid)
    .ruleGroup(group)
    .queries([...queries.map(([name, sql]) => sqlQuery(name, sql)), threshold(rule)])
    .condition(conditionName)
    .forDuration(rule.for)
    .noDataState('OK')
    .execErrState('Error')
    .labels({ severity: rule.severity, project: projectTag })
    .annotations({
      summary: rule.summary,
      description: rule.description,
      runbook_url: `docs/RUNBOOK.md#${anchorOf(rule.section)}`,
      __dashboardUid__: dashboardUid,
      __panelId__: String(id),
    })
    .build();
}

/** Anchor of a heading in Markdown, as GitHub and its like make it. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function sqlQuery(name: string, sql: string): QueryBuilder {
  return new QueryBuilder(name)
    .datasourceUid(warehouseDatasource.uid)
    .relativeTimeRange({ from: 600, to: 0 })
    .model(named(name, warehouseQuery('table', sql)));
}

function threshold({ limit }: AlertRule): QueryBuilder {
  return new QueryBuilder(conditionName)
    .datasourceUid('__expr__')
    .relativeTimeRange({ from: 0, to: 0 })
    .model(
      new TypeThresholdBuilder()
        .refId(conditionName)
        .datasource({ type: '__expr__', uid: '__expr__' })
        .expression('value')
        .conditions([{ evaluator: { type: limit.type, params: [limit.value] } }]),
    );
}

function named(refId: string, query: ReturnType<typeof warehouseQuery>): ReturnType<typeof warehouseQuery> {
  return { build: () => ({ ...query.build(), refId }) } satisfies Builder<unknown>;
}
