import { checkQuery } from './check-query.ts';
import { baseCurrencyName } from './base-currency.ts';
import { checkLinks } from './check-links.ts';
import { projectTag } from './pulse-dashboard.ts';
import type { DashboardJson, PanelJson } from './read-dashboard.ts';
import { scheduleName } from './schedule-variable.ts';
import { everything, salesFilters } from './sql/sales-filter.ts';
import { warehouseDatasource } from './warehouse-datasource.ts';

const columns = 24;

/** Each breach of the project's conventions in a dashboard, as a sentence; empty when it keeps them all. */
export function checkDashboard(dashboard: DashboardJson): string[] {
  const variables = dashboard.templating.list.map(({ name }) => name);
  return [
    ...checkHead(dashboard),
    ...checkVariables(dashboard),
    ...repeated(dashboard.panels.map(({ id }) => id)).map((id) => `two panels have the id ${id}`),
    ...checkGrid(dashboard.panels),
    ...dashboard.panels.flatMap((panel) =>
      checkPanel(panel, variables).map((breach) => `panel ${panel.id} (${panel.title}): ${breach}`),
    ),
  ];
}

function checkHead({ title, description, tags, timezone, refresh, editable, links }: DashboardJson): string[] {
  const link = links.find(({ type, tags: linked }) => type === 'dashboards' && linked.includes(projectTag));
  return breaches([
    [title !== '', 'the dashboard has no title'],
    [description !== '', 'the dashboard has no description'],
    [tags.includes(projectTag), `the tag ${projectTag} is missing`],
    [timezone === 'utc', `the time zone is ${timezone}, not utc`],
    [refresh === '30s', `it refreshes every ${refresh}, not every 30s`],
    [!editable, 'it can be edited in Grafana, where changes would be lost'],
    [link?.keepTime === true && link.includeVars, 'no link leads to the other dashboards with time and variables'],
  ]);
}

function checkVariables({ templating }: DashboardJson): string[] {
  const names = new Set(templating.list.map(({ name }) => name));
  return [
    ...salesFilters
      .filter(({ variable }) => !names.has(variable))
      .map(({ variable }) => `the variable ${variable} is missing: links could not carry it further`),
    ...templating.list
      .filter((variable) => variable.type === 'query')
      .filter(({ name }) => name !== baseCurrencyName && name !== scheduleName)
      .filter(({ multi, includeAll, allValue }) => !(multi && includeAll && allValue === everything))
      .map(({ name }) => `the variable ${name} has no choice of all values`),
  ];
}

function checkPanel(panel: PanelJson, variables: readonly string[]): string[] {
  const { defaults } = panel.fieldConfig;
  const steps = defaults.thresholds?.steps ?? [];
  const uids = [panel.datasource.uid, ...panel.targets.map(({ datasource }) => datasource.uid)];
  return [
    ...breaches([
      [panel.title !== '', 'it has no title'],
      [panel.description.length >= 20, 'its description is too short'],
      [defaults.unit !== '', 'it has no unit'],
      [panel.targets.length > 0, 'it has no query'],
      [isInterval(panel.interval, variables), `its interval is none, and no variable either: ${panel.interval}`],
      [panel.options?.showPercentChange !== true, 'Grafana would show ∞ % for its change where the first value is 0'],
      [uids.every((uid) => uid === warehouseDatasource.uid), 'it reads another datasource'],
      [panel.type !== 'stat' || steps.length > 0, 'it has no thresholds'],
      [panel.type !== 'stat' || defaults.noValue !== undefined, 'it has no text for a missing value'],
      [steps.every(({ value }, index) => (value === null) === (index === 0)), 'its thresholds have no base colour'],
      [ascending(steps.map(({ value }) => value ?? -Infinity)), 'its thresholds are out of order'],
    ]),
    ...panel.targets.flatMap(({ rawSql }) => checkQuery(rawSql, variables)),
    ...checkLinks(panel, variables),
    ...checkTitle(panel, variables),
  ];
}

/** A fixed span, or seconds in a variable. */
function isInterval(text: string | undefined, variables: readonly string[]): boolean {
  if (text === undefined || /^[1-9]\d*[smhd]$/.test(text)) return true;
  const [, name] = /^\$\{(\w+)\}s$/.exec(text) ?? [];
  return name !== undefined && variables.includes(name);
}

const baseSum = /sum\((\w+\.)?(amount_base|\w+_base_sum)\)/;

/** Where amounts are added up in the base currency, the title names it, or a column does. */
function checkTitle({ title, targets }: PanelJson, variables: readonly string[]): string[] {
  const references = [...title.matchAll(/\$\{?(\w+)\}?/g)].map(([, name = '']) => name);
  const unnamed = targets.filter(({ rawSql }) => baseSum.test(rawSql) && !rawSql.includes('"Base '));
  return [
    ...references.filter((name) => !variables.includes(name)).map((name) => `its title names no variable: ${name}`),
    ...breaches([
      [unnamed.length === 0 || references.includes(baseCurrencyName), 'its title does not name the base currency'],
    ]),
  ];
}

function checkGrid(panels: readonly PanelJson[]): string[] {
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, index) => `${x + (index % w)}, ${y + Math.floor(index / w)}`),
  );
  return [
    ...panels.flatMap(({ id, gridPos: { x, w } }) =>
      breaches([[x + w <= columns, `panel ${id} reaches out of the grid`]]),
    ),
    ...repeated(cells).map((cell) => `two panels cover the cell ${cell}`),
  ];
}

function ascending(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || (values[index - 1] ?? value) < value);
}

function repeated<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

function breaches(rules: readonly (readonly [kept: boolean, breach: string])[]): string[] {
  return rules.filter(([kept]) => !kept).map(([, breach]) => breach);
}
