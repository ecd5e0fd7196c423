import type { Context } from '../../program/context.ts';
import { readFraudLabels } from '../read-fraud-labels.ts';
import { requireKnownCluster } from '../../program/known-cluster.ts';
import {
  countDays,
  measureLive,
  measureShadow,
  storeFraudLabels,
  type MeasuredTransactions,
} from './fraud-measure-queries.ts';
import { daysText, qualityOf, rateText, ratioOf, ratioText, type FraudQuality } from './fraud-quality.ts';
import { table, timeText } from '../../program/table.ts';

/** How good a set is. */
interface SetMeasures extends FraudQuality {
  readonly version: string;
  readonly role: 'live' | 'shadow';
  readonly sales: number;
  readonly fraudulent: number;
  readonly flagged: number;
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
interface RuleMeasures extends FraudQuality {
  readonly rule: string;
  readonly found: number;
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
  await requireKnownCluster(context);
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
  const unreadable = unreadableLabels > 0 ? `, ${unreadableLabels} unreadable` : '';
  const title = `sales since ${timeText(since)} UTC, on ${daysText(days)}; ${newLabels} new labels${unreadable}`;
  if (sets.length === 0) return `${title}\nno sale was evaluated since then`;
  return [title, ...sets.map(setText)].join('\n\n');
}

function setText(set: SetMeasures): string {
  const quality = `precision ${ratioText(set.precision)}, recall ${ratioText(set.recall)}, F1 ${ratioText(set.f1)}`;
  return [
    `${set.role} set ${set.version}: ${set.sales} sales, ${set.fraudulent} of them known as fraud, ${set.flagged} flagged`,
    `${quality}, ${rateText(set.alertsPerDay)} alerts a day`,
    table(
      ['pattern', 'sales', 'flagged', 'recall', 'alerts a day'],
      set.patterns.map((p) => [p.pattern, p.fraudulent, p.flagged, ratioText(p.recall), rateText(p.alertsPerDay)]),
    ),
    table(
      ['rule', 'found', 'precision', 'recall', 'F1', 'alerts a day'],
      set.rules.map((r) => [
        r.rule,
        r.found,
        ratioText(r.precision),
        ratioText(r.recall),
        ratioText(r.f1),
        rateText(r.alertsPerDay),
      ]),
    ),
  ].join('\n');
}

function measuresOf(
  { decisions, rules }: MeasuredTransactions,
  role: SetMeasures['role'],
  days: number,
): SetMeasures[] {
  return [...new Set(decisions.map(({ version }) => version))].map((version) => {
    const evaluated = decisions.filter((decision) => decision.version === version);
    const fraudulent = total(evaluated.filter(({ pattern }) => pattern !== ''));
    const flagged = total(evaluated.filter(({ isFlagged }) => isFlagged));
    const caught = total(evaluated.filter(({ pattern, isFlagged }) => pattern !== '' && isFlagged));
    const patterns = [...new Set(evaluated.map(({ pattern }) => pattern))].filter((pattern) => pattern !== '');
    const found = rules.filter((rule) => rule.version === version);
    return {
      version,
      role,
      sales: total(evaluated),
      fraudulent,
      flagged,
      ...qualityOf(caught, flagged, fraudulent),
      alertsPerDay: ratioOf(flagged, days),
      patterns: patterns.map((pattern) => patternMeasures(pattern, evaluated, days)),
      rules: [...new Set(found.map(({ rule }) => rule))].map((rule) => {
        const ofRule = found.filter((each) => each.rule === rule);
        const foundCount = total(ofRule);
        const alerts = total(ofRule.filter(({ isFlagged }) => isFlagged));
        const truly = total(ofRule.filter(({ isFraud }) => isFraud));
        return {
          rule,
          found: foundCount,
          ...qualityOf(truly, foundCount, fraudulent),
          alertsPerDay: ratioOf(alerts, days),
        };
      }),
    };
  });
}

function patternMeasures(pattern: string, evaluated: MeasuredTransactions['decisions'], days: number): PatternMeasures {
  const ofPattern = evaluated.filter((decision) => decision.pattern === pattern);
  const fraudulent = total(ofPattern);
  const flagged = total(ofPattern.filter(({ isFlagged }) => isFlagged));
  return { pattern, fraudulent, flagged, recall: ratioOf(flagged, fraudulent), alertsPerDay: ratioOf(flagged, days) };
}

function total(counts: readonly { readonly count: number }[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}
