import { currencyExponent } from '@pulse/contract';
import type { FraudReason } from '@pulse/migrations/schema';

import type { Context } from '../program/context.ts';
import { UsageError } from '../failures/errors.ts';
import { Customers } from '../fraud/customers.ts';
import type { ListPeriod } from '../fraud/replay-history.ts';
import { parseRuleSet, prepareRuleSet, type PreparedRuleSet } from '../fraud/rule-set.ts';
import { judgeSale, type FraudVerdict } from '../fraud/verdict.ts';
import { withOrderHistory, type StoredSale } from '../fraud/fraud-history-queries.ts';
import { errorMessageOf } from '../failures/error-chain.ts';

/** One rule's look at the order, whether it found anything or not. */
export interface MeasuredRule extends FraudReason {
  readonly isFound: boolean;
}

/**
 * How the rule set of its batch judges an order, recomputed from the sales as they are stored now; or why it can not be
 * recomputed. A later correction of amounts, or of the lists, may show here and not in the verdict that is stored.
 */
export type RejudgedOrder =
  | {
      readonly kind: 'recomputed';
      readonly rules: readonly MeasuredRule[];
      readonly score: number;
      readonly decision: FraudVerdict['decision'];
    }
  | { readonly kind: 'unknown'; readonly why: string };

/** Judges a loaded order again, by one version of the rule set, with all that its customer had done before it. */
export async function rejudgeOrder(context: Context, orderId: string, version: string): Promise<RejudgedOrder> {
  return withOrderHistory(context.warehouse, orderId, async (history) => {
    const exponent = currencyExponent(history.baseCurrency) ?? 2;
    const set = readSet(await history.ruleSet(version), version, history.baseCurrency);
    if (typeof set === 'string') return { kind: 'unknown', why: set };
    const customers = new Customers();
    for await (const portion of history.sales(exponent)) {
      for (const stored of portion) {
        if (stored.isJudged) return measured(set, customers, stored, history.listPeriods);
        customers.add(customers.numberOf(stored.customerId), stored.sale);
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
      return `this release can not judge by the rule set ${version}: ${errorMessageOf(error)}`;
    throw error;
  }
}

function measured(
  set: PreparedRuleSet,
  customers: Customers,
  { customerId, sale, loadedMs }: StoredSale,
  periods: readonly ListPeriod[],
): RejudgedOrder {
  const standing = periods.filter(
    (period) => period.customerId === customerId && period.recordedMs <= loadedMs && loadedMs < period.removedMs,
  );
  customers.setEntries(customerId, standing);
  const history = customers.historyOf(customers.numberOf(customerId));
  const { score, decision, reasons } = judgeSale(set, sale, history);
  const rules = set.rules.map(({ id: rule, version, weight, measure }) => {
    const isFound = reasons.some((reason) => reason.rule === rule);
    return { rule, version, weight, ...measure(sale, history), isFound };
  });
  return { kind: 'recomputed', rules, score, decision };
}
