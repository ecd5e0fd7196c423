import type { Client } from 'pg';

import { expandQuery, type VariableValue } from '../../../grafana/src/expand-query.ts';
import type { DashboardJson } from '../../../grafana/src/read-dashboard.ts';

/** What a person has chosen on a dashboard. */
export interface View {
  readonly from: Date;
  readonly to: Date;
  /** Width of a graph's point, in milliseconds. */
  readonly intervalMs: number;
  /** Chosen values by the variable's name; all values of those that are not named. */
  readonly chosen?: Readonly<Record<string, readonly string[]>>;
}

type Row = Readonly<Record<string, unknown>>;

/** A dashboard as one of its readers sees it: each query expanded as Grafana does, and run on the reader's connection. */
export class PanelReader {
  readonly #dashboard: DashboardJson;
  readonly #reader: Client;

  constructor(dashboard: DashboardJson, reader: Client) {
    this.#dashboard = dashboard;
    this.#reader = reader;
  }

  /** Rows of a panel's query: JavaScript numbers, as Grafana makes them, and texts without blanks around them, as pages show them. */
  async rows(title: string, view: View): Promise<Row[]> {
    const panel = this.#dashboard.panels.find((candidate) => candidate.title === title);
    const [target] = panel?.targets ?? [];
    if (target === undefined) throw new Error(`no panel with a query is called ${title}`);
    return this.#query(target.rawSql, view);
  }

  /** The values that a variable offers. */
  async options(name: string, view: View): Promise<unknown[]> {
    const variable = this.#dashboard.templating.list.find((candidate) => candidate.name === name);
    if (variable?.type !== 'query') throw new Error(`no variable with choices is called ${name}`);
    const rows = await this.#query(variable.query, view);
    return rows.flatMap((row) => Object.values(row));
  }

  async #query(rawSql: string, { from, to, intervalMs, chosen = {} }: View): Promise<Row[]> {
    const variables = new Map(
      this.#dashboard.templating.list.map((variable): [string, VariableValue] => {
        const values = chosen[variable.name];
        if (values !== undefined) return [variable.name, { kind: 'values', values }];
        if (variable.type === 'query') return [variable.name, { kind: 'all', allValue: variable.allValue ?? '' }];
        return [variable.name, { kind: 'values', values: [variable.query] }];
      }),
    );
    const { rows, fields } = await this.#reader.query<Row>(expandQuery(rawSql, { from, to, intervalMs, variables }));
    const numeric = new Set(fields.filter(({ dataTypeID }) => numericTypes.has(dataTypeID)).map(({ name }) => name));
    return rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => {
          if (typeof value !== 'string') return [name, value];
          return [name, numeric.has(name) ? Number(value) : value.trim()];
        }),
      ),
    );
  }
}

/** The number of an amount as tables show it: 1,234.50. */
export function amountOf(cell: unknown): number {
  return Number(String(cell).replaceAll(',', ''));
}

/** bigint and numeric, which the driver gives as text. */
const numericTypes: ReadonlySet<number> = new Set([20, 1700]);
