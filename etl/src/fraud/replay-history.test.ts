import { expect, test } from 'vitest';

import { Customers } from './customers.ts';
import { FraudJudge } from './fraud-judge.ts';
import { HistoryReplay, type PastSale } from './replay-history.ts';
import { parseRuleSet, prepareRuleSet } from './rule-set.ts';
import shipped from './shipped-rule-set.json' with { type: 'json' };

const set = prepareRuleSet(parseRuleSet(shipped), 'USD');
const noonMs = Date.parse('2026-11-22T12:00:00Z');

/** Four sales of each customer within a minute. */
const sales: readonly PastSale[] = Array.from({ length: 10_000 }, (_, index) => {
  const timeMs = noonMs + (index % 4) * 15_000;
  const amount = 1000 + index;
  return {
    orderId: `order-${index}`,
    customerId: `customer-${Math.floor(index / 4)}`,
    sale: { timeMs, currency: 'USD', country: 'US', amount, amountBaseMinor: BigInt(amount), amountBase: amount },
    loadedMs: noonMs,
    isJudged: true,
  };
});

test('a replay that forgets customers it is done with judges as one that remembers all', () => {
  const customers = new Customers();
  const judge = new FraudJudge(customers, set, set);
  const replay = new HistoryReplay(set, set, []);
  for (const past of sales) {
    expect(replay.take(past)).toEqual(judge.judge(customers.numberOf(past.customerId), past.sale));
  }
});

test('a sale that is only remembered counts for those after it', () => {
  const replay = new HistoryReplay(set, set, []);
  const verdicts = sales.slice(0, 3).map((past, index) => replay.take({ ...past, isJudged: index === 2 }));
  expect(verdicts).toMatchObject([
    undefined,
    undefined,
    { live: { decision: 'review', reasons: [{ rule: 'velocity' }] } },
  ]);
});
