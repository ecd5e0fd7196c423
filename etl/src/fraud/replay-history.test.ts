import { expect, test } from 'vitest';

import { Customers } from './customers.ts';
import { FraudEvaluator } from './fraud-evaluator.ts';
import { HistoryReplay, type PastTransaction } from './replay-history.ts';
import { parseRuleSet, prepareRuleSet } from './rule-set.ts';
import shipped from './shipped-rule-set.json' with { type: 'json' };

const set = prepareRuleSet(parseRuleSet(shipped), 'USD');
const noonMs = Date.parse('2026-11-22T12:00:00Z');

/** Four transactions of each customer within a minute. */
const history: readonly PastTransaction[] = Array.from({ length: 10_000 }, (_, index) => {
  const timeMs = noonMs + (index % 4) * 15_000;
  const amount = 1000 + index;
  return {
    orderId: `order-${index}`,
    customerId: `customer-${Math.floor(index / 4)}`,
    transaction: {
      timeMs,
      currency: 'USD',
      country: 'US',
      amount,
      amountBaseMinor: BigInt(amount),
      amountBase: amount,
    },
    loadedMs: noonMs,
    isEvaluated: true,
  };
});

test('a replay that forgets customers it is done with gives the results of one that knows all', () => {
  const customers = new Customers();
  const evaluator = new FraudEvaluator(set, set);
  const replay = new HistoryReplay(set, set, []);
  for (const past of history) {
    expect(replay.take(past)).toEqual(evaluator.evaluate(customers.get(past.customerId), past.transaction));
  }
});

test('a transaction that is only history counts for those after it', () => {
  const replay = new HistoryReplay(set, set, []);
  const results = history.slice(0, 3).map((past, index) => replay.take({ ...past, isEvaluated: index === 2 }));
  expect(results).toMatchObject([
    undefined,
    undefined,
    { live: { decision: 'review', reasons: [{ rule: 'velocity' }] } },
  ]);
});
