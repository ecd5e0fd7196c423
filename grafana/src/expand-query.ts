/**
 * Does to a query what Grafana does before PostgreSQL sees it, for the notation that these dashboards use:
 *
 * 1. in the browser, `${name:sqlstring}` becomes the chosen values of a variable, quoted, with commas between; when All
 *    is chosen, the variable's `allValue` as it is;
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

/** SQL that PostgreSQL takes. @throws when the query uses an unknown variable, format or macro. */
export function expandQuery(query: string, context: QueryContext): string {
  const withValues = query.replaceAll(/\$\{([^}]*)\}/g, (_, reference: string) =>
    variableText(reference, context.variables),
  );
  const withTimes = withValues
    .replaceAll('$__interval_ms', String(context.intervalMs))
    .replaceAll('$__interval', intervalText(context.intervalMs))
    .replaceAll('$__unixEpochFrom()', epochText(context.from))
    .replaceAll('$__unixEpochTo()', epochText(context.to));
  return withTimes.replaceAll(/\$([_a-zA-Z0-9]+)\(([^)]*)\)/g, (_, name: string, args: string) =>
    macroText(
      name,
      args.split(',').map((argument) => argument.trim()),
      context,
    ),
  );
}

function variableText(reference: string, variables: QueryContext['variables']): string {
  const [name = '', format] = reference.split(':');
  const value = variables.get(name);
  if (value === undefined) throw new Error(`unknown variable: ${name}`);
  if (format !== 'sqlstring') throw new Error(`the variable ${name} must be written as \${${name}:sqlstring}`);
  return value.kind === 'all' ? value.allValue : value.values.map(sqlString).join(',');
}

/** Grafana doubles single quotes; it also puts a backslash before double quotes, so such a value matches nothing. */
function sqlString(value: string): string {
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
      throw new Error(`unknown macro: $${name}`);
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
  throw new Error(`an interval of ${intervalMs} ms is no whole number of seconds`);
}

function intervalSeconds(text: string): number {
  const size = unitSeconds.get(text.slice(-1));
  const count = Number(text.slice(0, -1));
  if (size === undefined || !Number.isInteger(count) || count <= 0) throw new Error(`no interval: ${text}`);
  return count * size;
}
