import { fraudPatterns } from '@pulse/contract';
import { describe, expect, test } from 'vitest';

import { playFraud, plays } from './fraud.ts';
import { markets } from './markets.ts';
import { createPopulation } from './population.ts';
import { createRandom } from './random.ts';
import { createSale } from './sale.ts';

const endMs = Date.UTC(2026, 10, 22, 12);
const population = createPopulation(1);

function sequences(pattern: (typeof fraudPatterns)[number]) {
  const play = plays.find((one) => one.pattern === pattern);
  if (play === undefined) throw new Error(`nobody plays ${pattern}`);
  const random = createRandom(3);
  return Array.from({ length: 50 }, () =>
    playFraud(random, population, play, endMs).map((wish) => createSale(random, population, wish)),
  );
}

function dollars({ amount, currency }: { amount: string; currency: string }): number {
  return Number(amount) / (markets.find((market) => market.currency === currency)?.unitsPerDollar ?? Number.NaN);
}

test.each(fraudPatterns)('%s is one customer, in the order of time, up to the present', (pattern) => {
  for (const sales of sequences(pattern)) {
    const times = sales.map(({ timestamp }) => Date.parse(timestamp));
    expect(new Set(sales.map(({ customer_id }) => customer_id)).size).toBe(1);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBe(endMs);
  }
});

describe('a pattern shows what it is named for', () => {
  test('high amounts are over 1,000 dollars', () => {
    expect(Math.min(...sequences('high_amount').flat().map(dollars))).toBeGreaterThan(1_000);
  });

  test('a velocity burst has six sales or more within three minutes', () => {
    for (const sales of sequences('velocity_burst')) {
      expect(sales.length).toBeGreaterThanOrEqual(6);
      expect(endMs - Date.parse(sales[0]?.timestamp ?? '')).toBeLessThan(180_000);
    }
  });

  test('card testing ends with a large amount after small ones', () => {
    for (const sales of sequences('card_testing')) {
      const amounts = sales.map(dollars);
      expect(Math.max(...amounts.slice(0, -1))).toBeLessThan(4);
      expect(amounts.at(-1)).toBeGreaterThan(300);
    }
  });

  test('country hopping changes the country from sale to sale', () => {
    for (const sales of sequences('country_hopping')) {
      for (const [index, { country }] of sales.entries()) expect(country).not.toBe(sales[index + 1]?.country);
    }
  });

  test('currency hopping changes the money and stays in the country', () => {
    for (const sales of sequences('currency_hopping')) {
      for (const [index, { currency }] of sales.entries()) expect(currency).not.toBe(sales[index + 1]?.currency);
      expect(new Set(sales.map(({ country }) => country)).size).toBe(1);
    }
  });

  test('a new customer is none of the pool', () => {
    const pool = new Set(population.customers.map(({ id }) => id));
    expect(
      sequences('new_customer_high_amount')
        .flat()
        .filter(({ customer_id }) => pool.has(customer_id)),
    ).toEqual([]);
  });

  test('a duplicate amount burst repeats one amount under several order ids', () => {
    for (const sales of sequences('duplicate_amount_burst')) {
      expect(new Set(sales.map(({ amount }) => amount)).size).toBe(1);
      expect(new Set(sales.map(({ order_id }) => order_id)).size).toBe(sales.length);
    }
  });
});
