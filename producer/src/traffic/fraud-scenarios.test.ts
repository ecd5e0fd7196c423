import { fraudPatterns } from '@pulse/contract';
import { describe, expect, test } from 'vitest';

import { createFraudSequence, fraudScenarios } from './fraud-scenarios.ts';
import { markets } from './markets.ts';
import { createPopulation } from './population.ts';
import { createRandom } from './random.ts';
import { createTransaction } from './transaction.ts';

const endMs = Date.UTC(2026, 10, 22, 12);
const population = createPopulation(1);

function sequences(pattern: (typeof fraudPatterns)[number]) {
  const scenario = fraudScenarios.find((one) => one.pattern === pattern);
  if (scenario === undefined) throw new Error(`no scenario for ${pattern}`);
  const random = createRandom(3);
  return Array.from({ length: 50 }, () =>
    createFraudSequence(random, population, scenario, endMs).map((spec) => createTransaction(random, population, spec)),
  );
}

function dollars({ amount, currency }: { amount: string; currency: string }): number {
  return Number(amount) / (markets.find((market) => market.currency === currency)?.unitsPerDollar ?? Number.NaN);
}

test.each(fraudPatterns)(
  'the transactions of %s are of one customer, in the order of time, up to the end',
  (pattern) => {
    for (const transactions of sequences(pattern)) {
      const times = transactions.map(({ timestamp }) => Date.parse(timestamp));
      expect(new Set(transactions.map(({ customer_id }) => customer_id)).size).toBe(1);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times.at(-1)).toBe(endMs);
    }
  },
);

describe('each pattern does what its name says', () => {
  test('high amounts are over 1,000 dollars', () => {
    expect(Math.min(...sequences('high_amount').flat().map(dollars))).toBeGreaterThan(1_000);
  });

  test('a velocity burst has six transactions or more within three minutes', () => {
    for (const transactions of sequences('velocity_burst')) {
      expect(transactions.length).toBeGreaterThanOrEqual(6);
      expect(endMs - Date.parse(transactions[0]?.timestamp ?? '')).toBeLessThan(180_000);
    }
  });

  test('card testing ends with a large amount after small ones', () => {
    for (const transactions of sequences('card_testing')) {
      const amounts = transactions.map(dollars);
      expect(Math.max(...amounts.slice(0, -1))).toBeLessThan(4);
      expect(amounts.at(-1)).toBeGreaterThan(300);
    }
  });

  test('country hopping changes the country with each transaction', () => {
    for (const transactions of sequences('country_hopping')) {
      for (const [index, { country }] of transactions.entries())
        expect(country).not.toBe(transactions[index + 1]?.country);
    }
  });

  test('currency hopping changes the currency and stays in the country', () => {
    for (const transactions of sequences('currency_hopping')) {
      for (const [index, { currency }] of transactions.entries())
        expect(currency).not.toBe(transactions[index + 1]?.currency);
      expect(new Set(transactions.map(({ country }) => country)).size).toBe(1);
    }
  });

  test('a new customer is not one of the population', () => {
    const known = new Set(population.customers.map(({ id }) => id));
    expect(
      sequences('new_customer_high_amount')
        .flat()
        .filter(({ customer_id }) => known.has(customer_id)),
    ).toEqual([]);
  });

  test('a duplicate amount burst repeats one amount under several order ids', () => {
    for (const transactions of sequences('duplicate_amount_burst')) {
      expect(new Set(transactions.map(({ amount }) => amount)).size).toBe(1);
      expect(new Set(transactions.map(({ order_id }) => order_id)).size).toBe(transactions.length);
    }
  });
});
