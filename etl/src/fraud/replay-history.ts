import { Customer, type ListEntry } from './customers.ts';
import { FraudEvaluator, type FraudResults } from './fraud-evaluator.ts';
import type { PreparedRuleSet } from './rule-set.ts';
import type { FraudTransaction } from './rule.ts';

/** A transaction of the stored history. */
export interface PastTransaction {
  readonly orderId: string;
  readonly customerId: string;
  readonly transaction: FraudTransaction;
  /** When it was loaded, in milliseconds since 1970. */
  readonly loadedMs: number;
  /** False for a transaction that only counts as history for those after it. */
  readonly isEvaluated: boolean;
}

/** An entry of a list, and while it stood; milliseconds since 1970, infinite while nobody has removed it. */
export interface ListPeriod extends ListEntry {
  readonly recordedMs: number;
  readonly removedMs: number;
}

/**
 * Evaluates transactions of the past as they came, by two sets side by side; see `FraudEvaluator`. It takes all of one customer,
 * in the order in which they were loaded, before those of the next, and so needs memory for one customer only. Pure.
 */
export class HistoryReplay {
  readonly #evaluator: FraudEvaluator;
  readonly #periods: ReadonlyMap<string, readonly ListPeriod[]>;
  #customer = new Customer('', []);

  constructor(live: PreparedRuleSet, draft: PreparedRuleSet, periods: readonly ListPeriod[]) {
    this.#periods = Map.groupBy(periods, ({ customerId }) => customerId);
    this.#evaluator = new FraudEvaluator(live, draft);
  }

  /** @returns the results, where the transaction is one to evaluate; `shadow` is the draft's. */
  take({ customerId, transaction, loadedMs, isEvaluated }: PastTransaction): FraudResults | undefined {
    if (customerId !== this.#customer.customerId) this.#customer = new Customer(customerId, []);
    if (!isEvaluated) {
      this.#customer.add(transaction);
      return undefined;
    }
    this.#customer.listEntries = standingAt(this.#periods.get(customerId) ?? [], loadedMs);
    return this.#evaluator.evaluate(this.#customer, transaction);
  }
}

/** The entries that were in force at a moment, in milliseconds since 1970. */
export function standingAt(periods: readonly ListPeriod[], timeMs: number): ListPeriod[] {
  return periods.filter(({ recordedMs, removedMs }) => recordedMs <= timeMs && timeMs < removedMs);
}
