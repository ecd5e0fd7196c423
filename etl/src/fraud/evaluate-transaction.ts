import type { FraudReason } from '@pulse/migrations/schema';

import type { CustomerHistory } from './customer-history.ts';
import type { FraudTransaction } from './rule.ts';
import type { PreparedRuleSet } from './rule-set.ts';

export interface FraudResult {
  /** 0–100: the sum of the findings' weights. */
  readonly score: number;
  readonly decision: 'clear' | 'review' | 'block';
  /** Every finding, also of a transaction that stays clear. */
  readonly reasons: readonly FraudReason[];
}

const scoreMax = 100;
const clear: FraudResult = { score: 0, decision: 'clear', reasons: [] };

/**
 * The result of a rule set for one transaction. Weights add up, to 100 at most; from reviewScore and blockScore on the
 * transaction goes to review or is blocked. A customer on the allow list is clear whatever else is found, one on the block list
 * is blocked. Pure.
 */
export function evaluateTransaction(
  set: PreparedRuleSet,
  transaction: FraudTransaction,
  history: CustomerHistory,
): FraudResult {
  let reasons: FraudReason[] | undefined;
  let sum = 0;
  for (const { id, version, weight, evaluate } of set.rules) {
    const finding = evaluate(transaction, history);
    if (finding === undefined) continue;
    const { observed, threshold } = finding;
    (reasons ??= []).push({ rule: id, version, observed, threshold, weight });
    sum += weight;
  }
  if (reasons === undefined) return clear;
  if (isFound(reasons, 'allow_list')) return { score: 0, decision: 'clear', reasons };
  if (isFound(reasons, 'block_list')) return { score: scoreMax, decision: 'block', reasons };
  const score = Math.min(scoreMax, sum);
  const decision = score >= set.blockScore ? 'block' : score >= set.reviewScore ? 'review' : 'clear';
  return { score, decision, reasons };
}

function isFound(reasons: readonly FraudReason[], id: string): boolean {
  return reasons.some(({ rule }) => rule === id);
}
