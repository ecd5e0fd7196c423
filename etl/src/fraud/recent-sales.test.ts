import fc from 'fast-check';
import { expect, test } from 'vitest';

import { recentSalesMax, recentSpanMs } from './customer-history.ts';
import { Markets } from './markets.ts';
import { RecentSales, type WindowSale } from './recent-sales.ts';

const customers = 3;

const rarely = <Value>(common: fc.Arbitrary<Value>, rare: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 20, arbitrary: common }, { weight: 1, arbitrary: rare });
const amount = rarely(fc.nat(), fc.maxSafeNat());
/** Times that come up again, lie close together, and reach beyond the span; now and then far away, or of a great amount. */
const sale: fc.Arbitrary<WindowSale> = fc.record({
  timeMs: rarely(
    fc.oneof(fc.nat(30), fc.nat(2 * recentSpanMs)),
    fc.integer({ min: Date.UTC(-1, 0), max: Date.UTC(9999, 0) }),
  ),
  amount,
  amountBase: amount,
  currency: fc.constantFrom('USD', 'EUR'),
  country: fc.constantFrom('', 'US'),
});

/** As the class says it, without its chains: newest first, the later arrival before the earlier, and then the limits. */
function keptOf(sales: readonly WindowSale[]): WindowSale[] {
  let kept: WindowSale[] = [];
  for (const added of sales) {
    const at = kept.findIndex(({ timeMs }) => timeMs <= added.timeMs);
    kept.splice(at === -1 ? kept.length : at, 0, added);
    const latestMs = kept[0]?.timeMs ?? 0;
    kept = kept.filter(({ timeMs }) => timeMs >= latestMs - recentSpanMs).slice(0, recentSalesMax);
  }
  return kept;
}

test('of each customer the newest sales are kept, whatever the order in which they come', () => {
  const arrival = fc.tuple(fc.nat(customers - 1), sale);
  const arrivals = fc.array(arrival, { maxLength: 4 * customers * recentSalesMax, size: 'max' });
  fc.assert(
    fc.property(arrivals, fc.nat(), fc.option(sale), (added, cutMs, newest) => {
      const expected = newest === null ? undefined : { count: added.length, newestMs: newest.timeMs };
      const recent = new RecentSales(new Markets(), expected);
      recent.reserve(customers);
      for (const [customer, one] of added) recent.add(customer, one);
      for (let customer = 0; customer < customers; customer += 1) {
        const kept = keptOf(added.filter(([owner]) => owner === customer).map(([, one]) => one));
        expect(recent.salesUpTo(customer, Infinity)).toEqual(kept);
        expect(recent.salesUpTo(customer, cutMs)).toEqual(kept.filter(({ timeMs }) => timeMs <= cutMs));
      }
    }),
  );
});
