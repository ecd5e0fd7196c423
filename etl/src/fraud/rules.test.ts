import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';

import { Customer, type ListEntry } from './customers.ts';
import { FraudEvaluator } from './fraud-evaluator.ts';
import type { FraudTransaction } from './rule.ts';
import { parseRuleSet, prepareRuleSet } from './rule-set.ts';
import shipped from './shipped-rule-set.json' with { type: 'json' };

const shippedSet = prepareRuleSet(parseRuleSet(shipped), 'USD');
const startMs = Date.parse('2026-11-22T12:00:00Z');

type ExampleSale = readonly [seconds: number, amount: string, currency: string, country: string];

/** A sale of a worked example: seconds after noon, an amount whose base amount is the same, currency, country. */
function transactionOf([seconds, amount, currency, country]: ExampleSale): FraudTransaction {
  const minor = Math.round(Number(amount) * 100);
  const amounts = { amount: minor, amountBaseMinor: BigInt(minor), amountBase: minor };
  return { timeMs: startMs + seconds * 1000, currency, country, ...amounts };
}

function resultsOf(sales: readonly ExampleSale[], lists: readonly ListEntry[] = []) {
  const evaluator = new FraudEvaluator(shippedSet);
  const customer = new Customer('c', lists);
  return sales.map((sale) => evaluator.evaluate(customer, transactionOf(sale)).live);
}

const example = z.object({
  rule: z.string(),
  sales: z.array(z.tuple([z.number(), z.string(), z.string(), z.string()])).min(1),
  finds: z.object({ observed: z.string(), threshold: z.string() }),
});
const document = readFileSync(new URL('../../../docs/RULES.md', import.meta.url), 'utf8');
const examples = [...document.matchAll(/```json example\n([\s\S]*?)```/g)].map(([, json = '']) =>
  example.parse(JSON.parse(json)),
);

describe('docs/RULES.md', () => {
  test('has a worked example of every rule that looks at sales', () => {
    const ids = shippedSet.rules.map(({ id }) => id).filter((id) => !id.endsWith('_list'));
    expect(examples.map(({ rule }) => rule).toSorted()).toEqual(ids.toSorted());
  });

  test.each(examples)(
    '$rule finds what its example expects in the last sale, and nothing before',
    ({ rule, sales, finds }) => {
      const found = resultsOf(sales).map(({ reasons }) => reasons.find((reason) => reason.rule === rule));
      expect(found.slice(0, -1)).toEqual(sales.slice(1).map(() => undefined));
      expect(found.at(-1)).toMatchObject(finds);
    },
  );
});

test('without history USD 150.00 is clear and USD 1,500.00 is flagged for review', () => {
  expect(resultsOf([[0, '150.00', 'USD', 'US']])[0]).toEqual({ score: 0, decision: 'clear', reasons: [] });
  expect(resultsOf([[0, '1500.00', 'USD', 'US']])[0]).toMatchObject({ score: 80, decision: 'review' });
});

test('an amount at the limit is clear and one cent more is flagged', () => {
  const [, atLimit, above] = resultsOf([
    [0, '20.00', 'USD', 'US'],
    [90_000, '1000.00', 'USD', 'US'],
    [180_000, '1000.01', 'USD', 'US'],
  ]);
  expect([atLimit?.decision, above?.decision]).toEqual(['clear', 'review']);
});

function decisionOfThird(seconds: number) {
  const [, , result] = resultsOf([
    [0, '20.00', 'USD', 'US'],
    [30, '21.00', 'USD', 'US'],
    [seconds, '22.00', 'USD', 'US'],
  ]);
  return result?.decision;
}

test('a sale outside the window does not count: three sales in 59 s are velocity, three in 60 s are not', () => {
  expect(decisionOfThird(59)).toBe('review');
  expect(decisionOfThird(60)).toBe('clear');
});

test('a late sale is evaluated by the sales before its own time, and counts from then on', () => {
  const late: readonly ExampleSale[] = [
    [100, '20.00', 'USD', 'US'],
    [110, '21.00', 'USD', 'US'],
    [50, '22.00', 'USD', 'US'],
    [105, '23.00', 'USD', 'US'],
  ];
  const found = resultsOf(late).map(({ reasons }) => reasons.find(({ rule }) => rule === 'velocity')?.observed);
  // At 105 s the sales at 50 s and 100 s have taken place; the one at 110 s has arrived but lies ahead.
  expect(found).toEqual([undefined, undefined, undefined, '3 sales in 60 s']);
});

test('what a rule measures of a sale is what it finds, where it finds something', () => {
  const sale = fc.tuple(
    fc.integer({ min: 0, max: 1200 }),
    fc.constantFrom('0.50', '1.00', '20.00', '499.99', '1500.00', '90000.00'),
    fc.constantFrom('USD', 'USD', 'USD', 'EUR', 'JPY', 'GBP'),
    fc.constantFrom('', 'US', 'JP', 'CA'),
  );
  const found = new Set<string>();
  fc.assert(
    fc.property(fc.array(sale, { minLength: 1, maxLength: 30 }), fc.constantFrom('allow', 'block'), (sales, list) => {
      const customer = new Customer('c', [{ ...entry(list), untilMs: startMs + 1_000_000 }]);
      for (const next of sales.map(transactionOf)) {
        for (const { id, evaluate, measure } of shippedSet.rules) {
          const measured = measure(next, customer);
          const finding = evaluate(next, customer) ?? measured;
          if (finding !== measured) found.add(id);
          expect(measured).toEqual(finding);
        }
        customer.add(next);
      }
    }),
    { seed: 1, numRuns: 300 },
  );
  expect([...found].toSorted()).toEqual(shippedSet.rules.map(({ id }) => id).toSorted());
});

const entry = (list: 'allow' | 'block'): ListEntry => ({ list, customerId: 'c', untilMs: startMs + 10_000 });

describe('lists', () => {
  test('a customer on the allow list is clear until the entry ends, and the reasons still say what was found', () => {
    const [before, after] = resultsOf(
      [
        [9, '1500.00', 'USD', 'US'],
        [10, '1500.00', 'USD', 'US'],
      ],
      [entry('allow')],
    );
    expect(before).toMatchObject({ score: 0, decision: 'clear' });
    expect(before?.reasons.map(({ rule }) => rule)).toContain('amount_limit');
    expect(after?.decision).toBe('review');
  });

  test('a customer on the block list is blocked until the entry ends', () => {
    const results = resultsOf(
      [
        [9, '5.00', 'USD', 'US'],
        [10, '6.00', 'USD', 'US'],
      ],
      [entry('block')],
    );
    expect(results.map(({ decision }) => decision)).toEqual(['block', 'clear']);
  });
});

const changed = (change: (set: typeof shipped) => void) => () => {
  const set = structuredClone(shipped);
  change(set);
  return prepareRuleSet(parseRuleSet(set), 'USD');
};
const third = (set: typeof shipped) => set.rules[2] ?? { rule: '', version: 0, weight: 0, parameters: {} };

describe('a rule set that can not be', () => {
  test.each<[string, (set: typeof shipped) => void, string]>([
    ['an unknown rule', (set) => void (third(set).rule = 'luck'), 'rules.2.rule: luck is none of'],
    ['another version of a rule', (set) => void (third(set).version = 9), 'amount_limit has version 1 here, not 9'],
    ['a wrong parameter', (set) => void (third(set).parameters = { limit: '1,000' }), 'rules.2.parameters.limit'],
    ['a limit finer than a cent', (set) => void (third(set).parameters = { limit: '1.0001' }), 'amount_too_fine'],
    ['a rule twice', (set) => void set.rules.push(third(set)), 'stands in the set twice'],
    ['a weight above 100', (set) => void (third(set).weight = 101), 'rules.2.weight'],
    ['a block before the review', (set) => void (set.blockScore = 10), 'blockScore'],
  ])('%s is named', (_, change, message) => {
    expect(changed(change)).toThrow(message);
  });
});
