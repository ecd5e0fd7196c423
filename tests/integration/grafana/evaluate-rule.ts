import type { Client } from 'pg';

import type { RuleJson } from '../../../grafana/src/alerts/read-rules.ts';
import { expandQuery } from '../../../grafana/src/expand-query.ts';

/** What Grafana makes of a rule at this moment. */
export interface Evaluation {
  readonly isFiring: boolean;
  /** Undefined where the query has no row. */
  readonly value: number | undefined;
  /** The summary with its figures. */
  readonly summary: string;
}

/**
 * Does what Grafana's alerting does: runs the rule's queries as the reader, compares the first one's number with the
 * limit, and fills the summary in. No row is "no data", which fires only where the rule is set so.
 */
export async function evaluateRule(rule: RuleJson, reader: Client): Promise<Evaluation> {
  const numbers = new Map<string, number>();
  for (const { refId, model } of rule.data) {
    if (!('rawSql' in model)) continue;
    const number = await numberOf(model.rawSql, reader);
    if (number !== undefined) numbers.set(refId, number);
  }
  const condition = rule.data.find(({ refId }) => refId === rule.condition)?.model;
  if (condition === undefined || !('conditions' in condition)) throw new Error(`${rule.uid} has no condition`);
  const value = numbers.get(condition.expression);
  const [{ evaluator }] = condition.conditions;
  const [limit] = evaluator.params;
  const isPassed = value !== undefined && (evaluator.type === 'gt' ? value > limit : value < limit);
  const isFiring = value === undefined ? rule.noDataState === 'Alerting' : isPassed;
  return { isFiring, value, summary: fillIn(rule.annotations.summary, numbers) };
}

/** Grafana takes a table as a number when it has one row and, beside labels, one numeric column. */
async function numberOf(sql: string, reader: Client): Promise<number | undefined> {
  const context = { from: new Date(Date.now() - 600_000), to: new Date(), intervalMs: 1000, variables: new Map() };
  const { rows } = await reader.query<Record<string, unknown>>(expandQuery(sql, context));
  if (rows.length === 0) return undefined;
  const [value, ...others] = Object.values(rows[0] ?? {});
  if (rows.length > 1 || others.length > 0) throw new Error(`more than one number: ${sql}`);
  const number = Number(value);
  if (value === null || Number.isNaN(number)) throw new Error(`no number: ${String(value)} of ${sql}`);
  return number;
}

/** The part of Go's templates and of Grafana's functions that the summaries use. */
function fillIn(summary: string, numbers: ReadonlyMap<string, number>): string {
  return summary.replaceAll(/\{\{ (.+?) \$values\.(\w+)\.Value \}\}/g, (_, format: string, name: string) => {
    const number = numbers.get(name);
    return number === undefined ? 'no value' : formatted(format, number);
  });
}

/** As Grafana writes durations of a minute or more: from the largest unit that is not 0 down to seconds. */
function duration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first)
    .map(([count, unit]) => `${count}${unit}`)
    .join(' ');
}

function formatted(format: string, number: number): string {
  switch (format) {
    case 'printf "%.0f"':
      return number.toFixed(0);
    case 'humanizePercentage':
      return `${Number((number * 100).toPrecision(4))}%`;
    case 'humanizeDuration':
      return duration(Math.floor(number));
    case 'humanize1024':
      return `${Number((number / 1024 ** 3).toPrecision(4))}Gi`;
    default:
      throw new Error(`no function of Grafana: ${format}`);
  }
}
