import type { Customers } from './customers.ts';
import type { FraudSale } from './rule.ts';
import type { PreparedRuleSet } from './rule-set.ts';
import { judgeSale, type FraudVerdict } from './verdict.ts';

/** What one sale is to the live set and, where there is one, to the shadow set. */
export interface FraudVerdicts {
  readonly live: FraudVerdict;
  readonly shadow: FraudVerdict | undefined;
}

/**
 * Judges sales one after the other, each by what its customer had done before it, and remembers it then. What is remembered
 * does not depend on any rule, so that two sets see the same history.
 */
export class FraudJudge {
  readonly #customers: Customers;
  readonly #live: PreparedRuleSet;
  readonly #shadow: PreparedRuleSet | undefined;

  constructor(customers: Customers, live: PreparedRuleSet, shadow?: PreparedRuleSet) {
    this.#customers = customers;
    this.#live = live;
    this.#shadow = shadow;
  }

  /** @param customer - The customer's number among those that the judge was made with. */
  judge(customer: number, sale: FraudSale): FraudVerdicts {
    const history = this.#customers.historyOf(customer);
    const live = judgeSale(this.#live, sale, history);
    const shadow = this.#shadow === undefined ? undefined : judgeSale(this.#shadow, sale, history);
    this.#customers.add(customer, sale);
    return { live, shadow };
  }
}
