import { currencyExponent } from '@pulse/contract';
import type { FraudReason } from '@pulse/migrations/schema';

import type { Context } from '../program/context.ts';
import { UsageError } from '../failures/errors.ts';
import { Customer } from '../fraud/customers.ts';
import { standingAt, type ListPeriod } from '../fraud/replay-history.ts';
import { parseRuleSet, prepareRuleSet, type PreparedRuleSet } from '../fraud/rule-set.ts';
import { evaluateTransaction, type FraudResult } from '../fraud/evaluate-transaction.ts';
import { withOrderHistory, type StoredTransaction } from '../fraud/fraud-history-queries.ts';
import { errorMessageOf } from '../failures/error-chain.ts';

/** One rule's look at the order, whether it found anything or not. */
export interface MeasuredRule extends FraudReason {
  readonly isFound: boolean;
}

/**
 * The result of the rule set of its batch for an order, recomputed from the transactions as they are stored now; or why it can
 * not be recomputed. A later correction of amounts, or of the lists, may show here and not in the result that is stored.
 */
export type EvaluatedOrder =
  | {
      readonly kind: 'recomputed';
      readonly rules: readonly MeasuredRule[];
      readonly score: number;
      readonly decision: FraudResult['decision'];
    }
  | { readonly kind: 'unknown'; readonly why: string };

/** Evaluates a loaded order again, by one version of the rule set, with all that its customer had done before it. */
export async function evaluateOrder(context: Context, orderId: string, version: string): Promise<EvaluatedOrder> {
  return withOrderHistory(context.warehouse, orderId, async (history) => {
    const exponent = currencyExponent(history.baseCurrency) ?? 2;
    const set = readSet(await history.ruleSet(version), version, history.baseCurrency);
    if (typeof set === 'string') return { kind: 'unknown', why: set };
    let customer: Customer | undefined;
    for await (const portion of history.transactions(exponent)) {
      for (const stored of portion) {
        customer ??= new Customer(stored.customerId, []);
        if (stored.isEvaluated) return measured(set, customer, stored, history.listPeriods);
        customer.add(stored.transaction);
      }
    }
    return { kind: 'unknown', why: 'the order is no longer stored' };
  });
}

function readSet(definition: unknown, version: string, baseCurrency: string) {
  if (definition === undefined) return `the rule set ${version} is not stored`;
  try {
    return prepareRuleSet(parseRuleSet(definition), baseCurrency);
  } catch (error) {
    if (error instanceof UsageError)
      return `this release can not evaluate by the rule set ${version}: ${errorMessageOf(error)}`;
    throw error;
  }
}

function measured(
  set: PreparedRuleSet,
  customer: Customer,
  { transaction, loadedMs }: StoredTransaction,
  periods: readonly ListPeriod[],
): EvaluatedOrder {
  const own = periods.filter(({ customerId }) => customerId === customer.customerId);
  customer.listEntries = standingAt(own, loadedMs);
  const { score, decision, reasons } = evaluateTransaction(set, transaction, customer);
  const rules = set.rules.map(({ id: rule, version, weight, measure }) => {
    const isFound = reasons.some((reason) => reason.rule === rule);
    return { rule, version, weight, ...measure(transaction, customer), isFound };
  });
  return { kind: 'recomputed', rules, score, decision };
}
