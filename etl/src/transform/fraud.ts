import type { FraudReason } from '@pulse/migrations/schema';

/** What a rule may look at. */
export interface FraudCase {
  /** In minor units of the base currency. */
  readonly amountBaseMinor: bigint;
}

/** One fraud rule: pure, and telling what it saw. */
export interface FraudRule {
  readonly id: string;
  readonly version: number;
  /** What a finding adds to the score. */
  readonly weight: number;
  judge(fraudCase: FraudCase): FraudReason | undefined;
}

export interface FraudVerdict {
  /** 0–100. */
  readonly score: number;
  readonly decision: 'clear' | 'review' | 'block';
  readonly reasons: readonly FraudReason[];
}

const scoreMax = 100;
/** From these scores on. */
const reviewScore = 50;
const blockScore = 90;

const clear: FraudVerdict = { score: 0, decision: 'clear', reasons: [] };

/** The verdict of all rules: weights of the findings add up, capped at 100. */
export function judgeFraud(rules: readonly FraudRule[], fraudCase: FraudCase): FraudVerdict {
  const reasons: FraudReason[] = [];
  for (const rule of rules) {
    const reason = rule.judge(fraudCase);
    if (reason !== undefined) reasons.push(reason);
  }
  if (reasons.length === 0) return clear;
  const score = Math.min(
    scoreMax,
    reasons.reduce((sum, { weight }) => sum + weight, 0),
  );
  const decision = score >= blockScore ? 'block' : score >= reviewScore ? 'review' : 'clear';
  return { score, decision, reasons };
}
