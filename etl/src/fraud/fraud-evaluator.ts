import type { Customer } from './customers.ts';
import { evaluateTransaction, type FraudResult } from './evaluate-transaction.ts';
import type { PreparedRuleSet } from './rule-set.ts';
import type { FraudTransaction } from './rule.ts';

/** The result of one transaction by the live set and, where there is one, by the shadow set. */
export interface FraudResults {
  readonly live: FraudResult;
  readonly shadow: FraudResult | undefined;
}

/**
 * Evaluates transactions one after the other, each by what its customer had done before it, and then adds it to that. The
 * history does not depend on any rule, so that two sets see the same one.
 */
export class FraudEvaluator {
  readonly #live: PreparedRuleSet;
  readonly #shadow: PreparedRuleSet | undefined;

  constructor(live: PreparedRuleSet, shadow?: PreparedRuleSet) {
    this.#live = live;
    this.#shadow = shadow;
  }

  evaluate(customer: Customer, transaction: FraudTransaction): FraudResults {
    const live = evaluateTransaction(this.#live, transaction, customer);
    const shadow = this.#shadow === undefined ? undefined : evaluateTransaction(this.#shadow, transaction, customer);
    customer.add(transaction);
    return { live, shadow };
  }
}
