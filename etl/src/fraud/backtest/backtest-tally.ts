import { formatMinor, type CurrencyExponent } from '@pulse/contract';

import type { FraudResults } from '../fraud-evaluator.ts';
import type { FraudResult } from '../evaluate-transaction.ts';
import type { StoredTransaction } from '../fraud-history-queries.ts';
import { qualityOf, ratioOf, type FraudQuality } from '../quality/fraud-quality.ts';

/** What a set made of the sales. Quality is null throughout where no sale of the span has a label. */
export interface SetResult extends FraudQuality {
  readonly version: string;
  readonly flagged: number;
  readonly review: number;
  readonly block: number;
  readonly alertsPerDay: number | null;
}

/** What one rule did in both sets. */
export interface RuleResult {
  readonly rule: string;
  readonly live: RuleCounts;
  readonly draft: RuleCounts;
}

interface RuleCounts {
  /** Sales that it found something in, whatever the score then came to. */
  readonly found: number;
  /** Those of them that were flagged. */
  readonly flagged: number;
}

/** A sale that one set flags and the other does not, as the set that flags it sees it. */
interface ChangedSale {
  readonly orderId: string;
  readonly customerId: string;
  readonly transactionTimestamp: Date;
  /** Decimal text. */
  readonly amountBase: string;
  readonly pattern: string | null;
  readonly decision: FraudResult['decision'];
  readonly score: number;
  readonly rules: readonly string[];
}

export interface ChangedSales {
  readonly count: number;
  readonly fraudulent: number;
  /** The greatest by base amount. */
  readonly examples: readonly ChangedSale[];
}

interface SetCounts {
  review: number;
  block: number;
  caught: number;
}

const setNames = ['live', 'draft'] as const;
type SetName = (typeof setNames)[number];

/** Counts what two sets make of the same sales. */
export class BacktestTally {
  readonly newlyFlagged = new ChangedTally();
  readonly noLongerFlagged = new ChangedTally();
  saleCount = 0;
  fraudulentCount = 0;
  /** Transactions to which the live set now gives another result than when they were loaded. */
  rejudgedCount = 0;
  readonly #days = new Set<number>();
  readonly #sets: Readonly<Record<SetName, SetCounts>> = { live: noCounts(), draft: noCounts() };
  readonly #rules = new Map<string, Record<SetName, { found: number; flagged: number }>>();

  add(stored: StoredTransaction, { live, shadow: draft = live }: FraudResults): void {
    const isFlagged = live.decision !== 'clear';
    const isFlaggedByDraft = draft.decision !== 'clear';
    this.saleCount += 1;
    if (stored.pattern !== null) this.fraudulentCount += 1;
    if (stored.wasFlagged !== isFlagged) this.rejudgedCount += 1;
    this.#days.add(Math.floor(stored.transaction.timeMs / dayMs));
    this.#addVerdict('live', stored, live);
    this.#addVerdict('draft', stored, draft);
    if (isFlaggedByDraft && !isFlagged) this.newlyFlagged.add(stored, draft);
    if (isFlagged && !isFlaggedByDraft) this.noLongerFlagged.add(stored, live);
  }

  /** UTC days with a sale. */
  get dayCount(): number {
    return this.#days.size;
  }

  resultOf(name: SetName, version: string): SetResult {
    const { review, block, caught } = this.#sets[name];
    const flagged = review + block;
    const quality =
      this.fraudulentCount === 0
        ? { precision: null, recall: null, f1: null }
        : qualityOf(caught, flagged, this.fraudulentCount);
    return { version, flagged, review, block, alertsPerDay: ratioOf(flagged, this.dayCount), ...quality };
  }

  /** Rules that found something, by name. */
  rules(): RuleResult[] {
    const results = [...this.#rules].map(([rule, counts]) => ({ rule, ...counts }));
    return results.sort((a, b) => (a.rule < b.rule ? -1 : 1));
  }

  #addVerdict(name: SetName, { pattern }: StoredTransaction, { decision, reasons }: FraudResult): void {
    const counts = this.#sets[name];
    if (decision !== 'clear') {
      counts[decision] += 1;
      if (pattern !== null) counts.caught += 1;
    }
    for (const { rule } of reasons) {
      let ofRule = this.#rules.get(rule);
      if (ofRule === undefined) {
        ofRule = { live: { found: 0, flagged: 0 }, draft: { found: 0, flagged: 0 } };
        this.#rules.set(rule, ofRule);
      }
      ofRule[name].found += 1;
      if (decision !== 'clear') ofRule[name].flagged += 1;
    }
  }
}

const dayMs = 86_400_000;
const examplesMax = 5;

class ChangedTally {
  #count = 0;
  #fraudulent = 0;
  readonly #greatest: { readonly stored: StoredTransaction; readonly result: FraudResult }[] = [];

  add(stored: StoredTransaction, result: FraudResult): void {
    this.#count += 1;
    if (stored.pattern !== null) this.#fraudulent += 1;
    this.#greatest.push({ stored, result });
    this.#greatest.sort((a, b) => b.stored.transaction.amountBase - a.stored.transaction.amountBase);
    this.#greatest.length = Math.min(this.#greatest.length, examplesMax);
  }

  result(baseExponent: CurrencyExponent): ChangedSales {
    const examples = this.#greatest.map(({ stored, result }) => ({
      orderId: stored.orderId,
      customerId: stored.customerId,
      transactionTimestamp: new Date(stored.transaction.timeMs),
      amountBase: formatMinor(stored.transaction.amountBaseMinor, baseExponent),
      pattern: stored.pattern,
      decision: result.decision,
      score: result.score,
      rules: result.reasons.map(({ rule }) => rule),
    }));
    return { count: this.#count, fraudulent: this.#fraudulent, examples };
  }
}

function noCounts(): SetCounts {
  return { review: 0, block: 0, caught: 0 };
}
