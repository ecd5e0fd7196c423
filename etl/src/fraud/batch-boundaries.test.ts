import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Customers, type CustomerProfile } from './customers.ts';
import { FraudJudge } from './fraud-judge.ts';
import type { FraudSale } from './rule.ts';
import { parseRuleSet, prepareRuleSet } from './rule-set.ts';
import shipped from './shipped-rule-set.json' with { type: 'json' };

const set = prepareRuleSet(parseRuleSet(shipped), 'USD');
const startMs = Date.parse('2026-11-22T12:00:00Z');

/** Few customers and little time, so that rules fire; now and then an amount beyond a double, and a time far off. */
const sales: fc.Arbitrary<readonly { readonly customerId: string; readonly sale: FraudSale }[]> = fc.array(
  fc
    .record({
      customerId: fc.constantFrom('a', 'b', 'ü№'),
      timeMs: fc.oneof(
        { weight: 9, arbitrary: fc.nat(20 * 60_000).map((ms) => startMs + ms) },
        { weight: 1, arbitrary: fc.integer({ min: -80, max: 24 }).map((hours) => startMs + hours * 3_600_000) },
      ),
      minor: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(100n, 150n, 2_000n, 45_000n, 150_000n) },
        { weight: 1, arbitrary: fc.bigInt({ min: 1n, max: 10n ** 17n - 1n }) },
      ),
      currency: fc.constantFrom('USD', 'JPY', 'EUR'),
      country: fc.constantFrom('', 'US', 'JP', 'DE', 'FR'),
    })
    .map(({ customerId, timeMs, minor, currency, country }) => ({
      customerId,
      sale: { timeMs, currency, country, amount: Number(minor), amountBaseMinor: minor, amountBase: Number(minor) },
    })),
  { maxLength: 120 },
);

/** The verdicts of a stream that is cut into batches, between which all but the profiles is forgotten. */
function verdictsOf(stream: readonly { readonly customerId: string; readonly sale: FraudSale }[], batchCount: number) {
  const profiles = new Map<string, CustomerProfile>();
  const size = Math.max(1, Math.ceil(stream.length / batchCount));
  const verdicts: unknown[] = [];
  const customers = new Customers();
  const judge = new FraudJudge(customers, set, set);
  for (let from = 0; from < stream.length; from += size) {
    for (const profile of profiles.values()) customers.load(profile);
    for (const { customerId, sale } of stream.slice(from, from + size)) {
      verdicts.push(judge.judge(customers.numberOf(customerId), sale));
    }
    for (const profile of customers.changedProfiles()) profiles.set(profile.customerId, profile);
    customers.clear();
  }
  return { verdicts, profiles };
}

test('the same stream cut into 1, 7 or 50 batches gets the same verdicts and leaves the same profiles', () => {
  fc.assert(
    fc.property(sales, (stream) => {
      const whole = verdictsOf(stream, 1);
      expect(verdictsOf(stream, 7)).toEqual(whole);
      expect(verdictsOf(stream, 50)).toEqual(whole);
    }),
  );
});

test('a profile holds exact sums and the newest 20 sales of 48 hours by event time', () => {
  fc.assert(
    fc.property(sales, (stream) => {
      for (const profile of verdictsOf(stream, 3).profiles.values()) {
        const own = stream.filter(({ customerId }) => customerId === profile.customerId).map(({ sale }) => sale);
        expect(profile.amountBaseSum).toBe(own.reduce((sum, { amountBaseMinor }) => sum + amountBaseMinor, 0n));
        expect(profile.amountBaseSquares).toBe(own.reduce((sum, { amountBaseMinor: x }) => sum + x * x, 0n));
        const times = own.map(({ timeMs }) => timeMs).sort((a, b) => b - a);
        const recent = times.filter((timeMs) => timeMs >= (times[0] ?? 0) - 48 * 3_600_000).slice(0, 20);
        expect(profile.recentSales.map(({ timeMs }) => timeMs)).toEqual(recent);
      }
    }),
  );
});

test('who is forgotten leaves nothing to whoever gets the number next', () => {
  const customers = new Customers();
  const sale = {
    timeMs: startMs,
    amount: 100,
    currency: 'USD',
    amountBaseMinor: 10n ** 17n,
    amountBase: 1e17,
    country: '',
  };
  customers.add(customers.numberOf('a'), sale);
  customers.clear();
  const next = customers.numberOf('b');
  expect([...customers.changedProfiles()]).toEqual([]);
  expect(customers.historyOf(next)).toMatchObject({ saleCount: 0, amountBaseSum: 0n, amountBaseSquares: 0n });
  expect(customers.idOf(next)).toBe('b');
});
