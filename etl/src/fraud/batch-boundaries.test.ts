import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Customers, type CustomerProfile } from './customers.ts';
import { FraudEvaluator } from './fraud-evaluator.ts';
import type { FraudTransaction } from './rule.ts';
import { parseRuleSet, prepareRuleSet } from './rule-set.ts';
import shipped from './shipped-rule-set.json' with { type: 'json' };

const set = prepareRuleSet(parseRuleSet(shipped), 'USD');
const startMs = Date.parse('2026-11-22T12:00:00Z');

type Stream = readonly { readonly customerId: string; readonly transaction: FraudTransaction }[];

/** Few customers and little time, so that rules fire; now and then an amount beyond a double, and a time far off. */
const streams: fc.Arbitrary<Stream> = fc.array(
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
      transaction: {
        timeMs,
        currency,
        country,
        amount: Number(minor),
        amountBaseMinor: minor,
        amountBase: Number(minor),
      },
    })),
  { maxLength: 120 },
);

/** The results of a stream that is cut into batches, between which all but the profiles is forgotten. */
function resultsOf(stream: Stream, batchCount: number) {
  const profiles = new Map<string, CustomerProfile>();
  const size = Math.max(1, Math.ceil(stream.length / batchCount));
  const results: unknown[] = [];
  const customers = new Customers();
  const evaluator = new FraudEvaluator(set, set);
  for (let from = 0; from < stream.length; from += size) {
    for (const profile of profiles.values()) customers.load(profile);
    for (const { customerId, transaction } of stream.slice(from, from + size)) {
      results.push(evaluator.evaluate(customers.get(customerId), transaction));
    }
    for (const profile of customers.changedProfiles()) profiles.set(profile.customerId, profile);
    customers.clear();
  }
  return { results, profiles };
}

test('the same stream cut into 1, 7 or 50 batches gets the same results and leaves the same profiles', () => {
  fc.assert(
    fc.property(streams, (stream) => {
      const whole = resultsOf(stream, 1);
      expect(resultsOf(stream, 7)).toEqual(whole);
      expect(resultsOf(stream, 50)).toEqual(whole);
    }),
  );
});

test('a profile holds exact sums and the newest 20 transactions of 48 hours by event time', () => {
  fc.assert(
    fc.property(streams, (stream) => {
      for (const profile of resultsOf(stream, 3).profiles.values()) {
        const own = stream
          .filter(({ customerId }) => customerId === profile.customerId)
          .map(({ transaction }) => transaction);
        expect(profile.amountBaseSum).toBe(own.reduce((sum, { amountBaseMinor }) => sum + amountBaseMinor, 0n));
        expect(profile.amountBaseSquares).toBe(own.reduce((sum, { amountBaseMinor: x }) => sum + x * x, 0n));
        const times = own.map(({ timeMs }) => timeMs).sort((a, b) => b - a);
        const recent = times.filter((timeMs) => timeMs >= (times[0] ?? 0) - 48 * 3_600_000).slice(0, 20);
        expect(profile.recent.map(({ timeMs }) => timeMs)).toEqual(recent);
      }
    }),
  );
});

test('a customer who was forgotten and comes again has no history', () => {
  const customers = new Customers();
  const amounts = { amount: 100, amountBaseMinor: 10n ** 17n, amountBase: 1e17 };
  customers.get('a').add({ timeMs: startMs, currency: 'USD', country: '', ...amounts });
  customers.clear();
  expect([...customers.changedProfiles()]).toEqual([]);
  expect(customers.get('a')).toMatchObject({ transactionCount: 0, amountBaseSum: 0n, amountBaseSquares: 0n });
});
