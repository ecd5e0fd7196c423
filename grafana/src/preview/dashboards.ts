import { readdir, readFile } from 'node:fs/promises';

import * as z from 'zod';

import { developmentAirflowUrl } from '../airflow-url.ts';
import { bindQuery, QueryError, type BoundQuery, type QueryContext, type VariableValue } from '../expand-query.ts';
import { allValues } from './all-values.ts';
import type { DashboardEntry, OptionsRequest, PanelRequest } from './protocol.ts';
import { Refusal } from './refusal.ts';

const schema = z.object({
  uid: z.string(),
  title: z.string(),
  tags: z.array(z.string()),
  templating: z.object({
    list: z.array(z.object({ name: z.string(), type: z.string(), query: z.unknown(), allValue: z.string().nullish() })),
  }),
  panels: z.array(
    z.object({ id: z.int(), targets: z.array(z.object({ refId: z.string(), rawSql: z.string() })).default([]) }),
  ),
});
type Dashboard = z.output<typeof schema>;

/** The committed dashboards: the only place that SQL comes from. */
export class Dashboards {
  readonly #texts = new Map<string, string>();
  readonly #dashboards = new Map<string, Dashboard>();

  /** Reads every dashboard of a folder; links to runs lead to `airflowUrl`. @throws Error when one is malformed. */
  static async read(folder: URL, airflowUrl: string): Promise<Dashboards> {
    const dashboards = new Dashboards();
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()) {
      const committed = await readFile(new URL(file, folder), 'utf8');
      const text = committed.replaceAll(JSON.stringify(developmentAirflowUrl), () => JSON.stringify(airflowUrl));
      const dashboard = schema.parse(JSON.parse(text));
      dashboards.#texts.set(dashboard.uid, text);
      dashboards.#dashboards.set(dashboard.uid, dashboard);
    }
    return dashboards;
  }

  entries(): readonly DashboardEntry[] {
    return [...this.#dashboards.values()].map(({ uid, title, tags }) => ({ uid, title, tags }));
  }

  /** A dashboard's JSON. @throws Refusal when there is none of that uid. */
  text(uid: string): string {
    this.#find(uid);
    return this.#texts.get(uid) ?? '';
  }

  /** The SQL of a panel's query for what was chosen. @throws Refusal naming what the request has wrong. */
  panelQuery(request: PanelRequest): BoundQuery {
    const dashboard = this.#find(request.dashboard);
    const panel = dashboard.panels.find(({ id }) => id === request.panel);
    if (panel === undefined) throw unknown(`panel ${request.panel} in the dashboard ${dashboard.uid}`);
    const target = panel.targets.find(({ refId }) => refId === request.refId);
    if (target === undefined) throw unknown(`query ${request.refId} in panel ${panel.id} of ${dashboard.uid}`);
    return bind(dashboard, target.rawSql, request, request.intervalMs);
  }

  /** The SQL of the values that a variable offers. @throws Refusal naming what the request has wrong. */
  optionsQuery(request: OptionsRequest): BoundQuery {
    const dashboard = this.#find(request.dashboard);
    const variable = dashboard.templating.list.find(({ name }) => name === request.variable);
    if (variable?.type !== 'query' || typeof variable.query !== 'string') {
      throw unknown(`query of a variable ${request.variable} in the dashboard ${dashboard.uid}`);
    }
    return bind(dashboard, variable.query, request, optionsIntervalMs);
  }

  #find(uid: string): Dashboard {
    const dashboard = this.#dashboards.get(uid);
    if (dashboard === undefined)
      throw unknown(`dashboard ${uid}: there are ${[...this.#dashboards.keys()].join(', ')}`);
    return dashboard;
  }
}

/** The queries of variables have no graph whose points could have a width. */
const optionsIntervalMs = 60_000;

/** Beyond it PostgreSQL and JavaScript disagree about what is a time. */
const timeMaxMs = Date.UTC(9999, 11, 31);

function bind(
  dashboard: Dashboard,
  sql: string,
  view: Pick<PanelRequest, 'from' | 'to' | 'variables'>,
  intervalMs: number,
) {
  for (const [name, time] of Object.entries({ from: view.from, to: view.to })) {
    if (time < 0 || time > timeMaxMs)
      throw new Refusal(400, `${name} is no time between the years 1970 and 9999: ${time}`);
  }
  const context: QueryContext = {
    from: new Date(view.from),
    to: new Date(view.to),
    intervalMs,
    variables: chosenValues(dashboard, view.variables),
  };
  try {
    return bindQuery(sql, context);
  } catch (cause) {
    if (cause instanceof QueryError) throw new Refusal(400, cause.message, { cause });
    throw cause;
  }
}

function chosenValues(dashboard: Dashboard, given: PanelRequest['variables']): Map<string, VariableValue> {
  const known = new Map(dashboard.templating.list.map((variable) => [variable.name, variable]));
  return new Map(
    Object.entries(given).map(([name, values]): [string, VariableValue] => {
      const variable = known.get(name);
      if (variable === undefined) throw unknown(`variable ${name} in the dashboard ${dashboard.uid}`);
      if (values.length !== 1 || values[0] !== allValues) return [name, { kind: 'values', values }];
      const { allValue } = variable;
      if (typeof allValue !== 'string' || allValue === '') {
        throw new Refusal(400, `the variable ${name} of ${dashboard.uid} has no choice of all values`);
      }
      return [name, { kind: 'all', allValue }];
    }),
  );
}

function unknown(what: string): Refusal {
  return new Refusal(400, `there is no ${what}`);
}
