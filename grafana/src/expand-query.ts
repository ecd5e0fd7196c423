/**
 * Does to a query what Grafana does before PostgreSQL sees it, for the notation that these dashboards use:
 *
 * 1. in the browser, `${name:sqlstring}` becomes the chosen values of a variable, with commas between; when All is
 *    chosen, the variable's `allValue` as it is;
 * 2. in the server, `$__interval_ms`, `$__interval`, `$__unixEpochFrom()` and `$__unixEpochTo()`;
 * 3. in the datasource, the macros `$__timeFilter(column)`, `$__timeFrom()`, `$__timeTo()` and
 *    `$__timeGroup(column, 'interval')`.
 *
 * Anything else that looks like a variable or a macro is an error.
 */
export interface QueryContext {
  readonly from: Date;
  readonly to: Date;
  /** Width of a point of the graph, in milliseconds: whole seconds. */
  readonly intervalMs: number;
  readonly variables: ReadonlyMap<string, VariableValue>;
}

/** Chosen values; or all, for which `allValue` stands. */
export type VariableValue =
  | { readonly kind: 'values'; readonly values: readonly string[] }
  | { readonly kind: 'all'; readonly allValue: string };

/** SQL with its parameters apart from it, as a PostgreSQL client takes them. */
export interface BoundQuery {
  readonly text: string;
  /** Of `$1`, `$2` and so on. */
  readonly values: readonly string[];
}

/** SQL with chosen values quoted into it, as Grafana sends it. @throws QueryError */
export function expandQuery(query: string, context: QueryContext): string {
  return expand(query, context, quoted);
}

/** The same SQL with each chosen value as a parameter: what a person chose is never part of the text. @throws QueryError */
export function bindQuery(query: string, context: QueryContext): BoundQuery {
  const values: string[] = [];
  const text = expand(query, context, (value) => `$${values.push(value)}`);
  return { text, values };
}

/** A query that uses an unknown variable, format or macro, or an interval that is none. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}

function expand(query: string, context: QueryContext, writeValue: (value: string) => string): string {
  const withTimes = expandTimes(query, context);
  // Last, so that nothing in a chosen value is taken for a variable or a macro.
  return withTimes.replaceAll(/\$\{([^}]*)\}/g, (_, reference: string) => {
    const value = lookUp(reference, context.variables);
    return value.kind === 'all' ? value.allValue : value.values.map(writeValue).join(',');
  });
}

function expandTimes(query: string, context: QueryContext): string {
  return query
    .replaceAll('$__interval_ms', String(context.intervalMs))
    .replaceAll('$__interval', intervalText(context.intervalMs))
    .replaceAll('$__unixEpochFrom()', epochText(context.from))
    .replaceAll('$__unixEpochTo()', epochText(context.to))
    .replaceAll(/\$([_a-zA-Z0-9]+)\(([^)]*)\)/g, (_, name: string, args: string) =>
      macroText(
        name,
        args.split(',').map((argument) => argument.trim()),
        context,
      ),
    );
}

function lookUp(reference: string, variables: QueryContext['variables']): VariableValue {
  const [name = '', format] = reference.split(':');
  const value = variables.get(name);
  if (value === undefined) throw new QueryError(`unknown variable: ${name}`);
  if (format !== 'sqlstring') throw new QueryError(`the variable ${name} must be written as \${${name}:sqlstring}`);
  return value;
}

/** Grafana doubles single quotes; it also puts a backslash before double quotes, so such a value matches nothing. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", "''").replaceAll('"', '\\"')}'`;
}

function macroText(name: string, [first = '', second = '']: readonly string[], { from, to }: QueryContext): string {
  switch (name) {
    case '__timeFilter':
      return `${first} BETWEEN ${timeText(from)} AND ${timeText(to)}`;
    case '__timeFrom':
      return timeText(from);
    case '__timeTo':
      return timeText(to);
    case '__timeGroup': {
      const seconds = intervalSeconds(second.replaceAll("'", ''));
      return `floor(extract(epoch from ${first})/${seconds})*${seconds}`;
    }
    default:
      throw new QueryError(`unknown macro: $${name}`);
  }
}

function timeText(time: Date): string {
  return `'${time.toISOString()}'`;
}

function epochText(time: Date): string {
  return String(Math.floor(time.getTime() / 1000));
}

const unitSeconds = new Map([
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
]);

/** An interval as Grafana writes it: in the largest unit that divides it, as `5m`. */
function intervalText(intervalMs: number): string {
  const seconds = intervalMs / 1000;
  for (const [unit, size] of unitSeconds) if (seconds % size === 0) return `${seconds / size}${unit}`;
  throw new QueryError(`an interval of ${intervalMs} ms is no whole number of seconds`);
}

function intervalSeconds(text: string): number {
  const size = unitSeconds.get(text.slice(-1));
  const count = Number(text.slice(0, -1));
  if (size === undefined || !Number.isInteger(count) || count <= 0) throw new QueryError(`no interval: ${text}`);
  return count * size;
}
