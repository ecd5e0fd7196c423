import fc from 'fast-check';
import { expect, test } from 'vitest';

import { recentCountMax, recentSpanMs, type RecentTransaction } from './customer-history.ts';
import { Customer } from './customers.ts';

const rarely = <Value>(common: fc.Arbitrary<Value>, rare: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 20, arbitrary: common }, { weight: 1, arbitrary: rare });
const amount = rarely(fc.nat(), fc.maxSafeNat());
/** Times that come up again, lie close together, and reach beyond the span; now and then far away, or of a great amount. */
const transaction: fc.Arbitrary<RecentTransaction> = fc.record({
  timeMs: rarely(
    fc.oneof(fc.nat(30), fc.nat(2 * recentSpanMs)),
    fc.integer({ min: Date.UTC(-1, 0), max: Date.UTC(9999, 0) }),
  ),
  amount,
  amountBase: amount,
  currency: fc.constantFrom('USD', 'EUR'),
  country: fc.constantFrom('', 'US'),
});

/** As the class describes it: newest first, the later arrival before the earlier, and then the limits. */
function keptOf(transactions: readonly RecentTransaction[]): RecentTransaction[] {
  let kept: RecentTransaction[] = [];
  for (const added of transactions) {
    const at = kept.findIndex(({ timeMs }) => timeMs <= added.timeMs);
    kept.splice(at === -1 ? kept.length : at, 0, added);
    const latestMs = kept[0]?.timeMs ?? 0;
    kept = kept.filter(({ timeMs }) => timeMs >= latestMs - recentSpanMs).slice(0, recentCountMax);
  }
  return kept;
}

test('the newest transactions of a customer are kept, whatever the order in which they come', () => {
  const arrivals = fc.array(transaction, { maxLength: 4 * recentCountMax, size: 'max' });
  fc.assert(
    fc.property(arrivals, fc.nat(), (added, cutMs) => {
      const customer = new Customer('c', []);
      for (const one of added) customer.add({ ...one, amountBaseMinor: BigInt(one.amountBase) });
      const kept = keptOf(added).map((one) => ({ ...one, amountBaseMinor: BigInt(one.amountBase) }));
      expect(customer.profile().recent).toEqual(kept);
      expect(customer.recentUntil(Infinity)).toEqual(kept);
      expect(customer.recentUntil(cutMs)).toEqual(kept.filter(({ timeMs }) => timeMs <= cutMs));
    }),
  );
});
