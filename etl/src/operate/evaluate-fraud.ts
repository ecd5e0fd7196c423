import type { Context } from '../context.ts';
import { readFraudLabels } from '../kafka/read-fraud-labels.ts';
import {
  countDays,
  measureLive,
  measureShadow,
  storeFraudLabels,
  type MeasuredSales,
} from '../warehouse/fraud-measures.ts';
import { table } from './table.ts';

/** How good a set is. Shares are null where there is nothing to divide by. */
interface SetMeasures {
  readonly version: string;
  readonly role: 'live' | 'shadow';
  readonly sales: number;
  readonly fraudulent: number;
  readonly flagged: number;
  /** Fraud among what it flagged. */
  readonly precision: number | null;
  /** What it flagged of the fraud: of sales, not of sequences. */
  readonly recall: number | null;
  readonly f1: number | null;
  readonly alertsPerDay: number | null;
  readonly patterns: readonly PatternMeasures[];
  readonly rules: readonly RuleMeasures[];
}

interface PatternMeasures {
  readonly pattern: string;
  readonly fraudulent: number;
  readonly flagged: number;
  readonly recall: number | null;
  readonly alertsPerDay: number | null;
}

/** Of a rule alone: what it found, whatever the score then came to. */
interface RuleMeasures {
  readonly rule: string;
  readonly found: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  /** Flagged sales that it had a part in. */
  readonly alertsPerDay: number | null;
}

export interface Evaluation {
  readonly since: Date;
  readonly newLabels: number;
  readonly unreadableLabels: number;
  readonly days: number;
  readonly sets: readonly SetMeasures[];
}

/** Stores the labels that Kafka has, and measures live and shadow sets by all that are stored. Safe to repeat. */
export async function evaluateFraud(context: Context, since: Date): Promise<Evaluation> {
  const { db } = context.warehouse;
  let newLabels = 0;
  const { unreadable } = await readFraudLabels(context.config, context.logger, async (labels) => {
    newLabels += await storeFraudLabels(db, labels);
  });
  const days = await countDays(db, since);
  const live = measuresOf(await measureLive(db, since), 'live', days);
  const shadow = measuresOf(await measureShadow(db, since), 'shadow', days);
  return { since, newLabels, unreadableLabels: unreadable, days, sets: [...live, ...shadow] };
}

/** The evaluation as tables for a terminal. */
export function showEvaluation({ since, newLabels, unreadableLabels, days, sets }: Evaluation): string {
  const parts = [
    `sales since ${since.toISOString()}, on ${days} UTC days; ${newLabels} new labels` +
      (unreadableLabels > 0 ? `, ${unreadableLabels} unreadable` : ''),
  ];
  if (sets.length === 0) parts.push('no sale was judged since then');
  for (const set of sets) {
    parts.push(
      `${set.role} ${set.version}: ${set.flagged} of ${set.sales} sales flagged, ${set.fraudulent} fraudulent; ` +
        `precision ${text(set.precision)}, recall ${text(set.recall)}, F1 ${text(set.f1)}, ` +
        `${text(set.alertsPerDay)} alerts a day`,
      table(
        ['pattern', 'sales', 'flagged', 'recall', 'alerts a day'],
        set.patterns.map((p) => [p.pattern, p.fraudulent, p.flagged, text(p.recall), text(p.alertsPerDay)]),
      ),
      table(
        ['rule', 'found', 'precision', 'recall', 'F1', 'alerts a day'],
        set.rules.map((r) => [r.rule, r.found, text(r.precision), text(r.recall), text(r.f1), text(r.alertsPerDay)]),
      ),
    );
  }
  return parts.join('\n');
}

function measuresOf({ verdicts, rules }: MeasuredSales, role: SetMeasures['role'], days: number): SetMeasures[] {
  return [...new Set(verdicts.map(({ version }) => version))].map((version) => {
    const judged = verdicts.filter((verdict) => verdict.version === version);
    const fraudulent = total(judged.filter(({ pattern }) => pattern !== ''));
    const flagged = total(judged.filter(({ isFlagged }) => isFlagged));
    const caught = total(judged.filter(({ pattern, isFlagged }) => pattern !== '' && isFlagged));
    const patterns = [...new Set(judged.map(({ pattern }) => pattern))].filter((pattern) => pattern !== '');
    const found = rules.filter((rule) => rule.version === version);
    return {
      version,
      role,
      sales: total(judged),
      fraudulent,
      flagged,
      ...quality(caught, flagged, fraudulent),
      alertsPerDay: share(flagged, days),
      patterns: patterns.map((pattern) => patternMeasures(pattern, judged, days)),
      rules: [...new Set(found.map(({ rule }) => rule))].map((rule) => {
        const ofRule = found.filter((each) => each.rule === rule);
        const foundCount = total(ofRule);
        const alerts = total(ofRule.filter(({ isFlagged }) => isFlagged));
        const truly = total(ofRule.filter(({ isFraud }) => isFraud));
        return {
          rule,
          found: foundCount,
          ...quality(truly, foundCount, fraudulent),
          alertsPerDay: share(alerts, days),
        };
      }),
    };
  });
}

function patternMeasures(pattern: string, judged: MeasuredSales['verdicts'], days: number): PatternMeasures {
  const ofPattern = judged.filter((verdict) => verdict.pattern === pattern);
  const fraudulent = total(ofPattern);
  const flagged = total(ofPattern.filter(({ isFlagged }) => isFlagged));
  return { pattern, fraudulent, flagged, recall: share(flagged, fraudulent), alertsPerDay: share(flagged, days) };
}

/** Precision, recall, and their harmonic mean: 2·caught / (flagged + fraudulent). */
function quality(caught: number, flagged: number, fraudulent: number) {
  return {
    precision: share(caught, flagged),
    recall: share(caught, fraudulent),
    f1: share(2 * caught, flagged + fraudulent),
  };
}

function total(counts: readonly { readonly count: number }[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}

function text(value: number | null): string {
  return value === null ? '–' : String(value);
}
