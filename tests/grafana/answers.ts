import * as z from 'zod';

import type { DashboardJson } from '../../grafana/src/read-dashboard.ts';
import type { View } from '../integration/grafana/panel-reader.ts';

/** Writes chosen values into a query as Grafana's page does (`${name:sqlstring}`); macros are the server's. */
export function choose(dashboard: DashboardJson, rawSql: string, { chosen = {} }: View): string {
  return rawSql.replaceAll(/\$\{(\w+):sqlstring\}/g, (_, name: string) => {
    const variable = dashboard.templating.list.find((candidate) => candidate.name === name);
    const values = chosen[name];
    if (values !== undefined) return values.map(quoted).join(',');
    if (variable?.type === 'query') return variable.allValue ?? '';
    return quoted(variable?.query ?? '');
  });
}

/** As Grafana writes a text into SQL. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", "''").replaceAll('"', '\\"')}'`;
}

const answer = z.object({
  results: z.object({
    A: z.object({
      frames: z.array(
        z.object({
          schema: z.object({ fields: z.array(z.object({ name: z.string(), type: z.string() })) }),
          data: z.object({ values: z.array(z.array(z.unknown())) }),
        }),
      ),
    }),
  }),
});

type Row = Readonly<Record<string, unknown>>;

/** Rows of the answer to a query, and which of its columns Grafana takes for times. */
export function answerOf(body: unknown): { readonly rows: Row[]; readonly times: ReadonlySet<string> } {
  const [frame] = answer.parse(body).results.A.frames;
  const fields = frame?.schema.fields ?? [];
  const values = frame?.data.values ?? [];
  const rows = (values[0] ?? []).map((_, row) =>
    Object.fromEntries(fields.map(({ name }, column) => [name, values[column]?.[row]])),
  );
  return { rows, times: new Set(fields.filter(({ type }) => type === 'time').map(({ name }) => name)) };
}

/** Columns that change a moment later, with nothing new in the warehouse: ages. */
export function movingColumns(before: readonly Row[], after: readonly Row[]): ReadonlySet<string> {
  const moved = before.flatMap((row, index) =>
    Object.keys(row).filter((name) => JSON.stringify(row[name]) !== JSON.stringify(after[index]?.[name])),
  );
  return new Set(moved);
}

/** A column called metric names the series of its row's value, as Grafana makes of it. */
export function asSeries(rows: readonly Row[]): Row[] {
  return rows.map(({ metric, ...row }) => {
    if (typeof metric !== 'string') return row;
    const { time, ...values } = row;
    return { time, [metric]: Object.values(values)[0] };
  });
}

interface Columns {
  readonly times: ReadonlySet<string>;
  readonly moving: ReadonlySet<string>;
}

/** Rows in one notation, without the columns that move and the last digits of a float. */
export function asComparable(rows: readonly Row[], { times, moving }: Columns): Row[] {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row)
        .filter(([name]) => !moving.has(name))
        .map(([name, value]) => {
          // A graph's time is called Time by Grafana, whatever the query calls it.
          if (value instanceof Date) return [name === 'time' ? 'Time' : name, value.getTime()];
          if (typeof value === 'string') return [name, value.trim()];
          return [name, typeof value === 'number' && !times.has(name) ? Number(value.toPrecision(9)) : value];
        }),
    ),
  );
}
