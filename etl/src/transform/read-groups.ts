import type { ValidRecord } from '../streams/valid-record.ts';
import type { Customer, Customers } from '../fraud/customers.ts';
import type { PricingRules } from '../pricing/price-transaction.ts';
import type { KnownOrders } from './known-orders.ts';
import type { TransformSnapshot } from './transform-snapshot-queries.ts';

/** Some transactions, and what the warehouse knows of them. */
export interface Group {
  readonly transactions: readonly ValidRecord[];
  /** Content hashes of those orders that are loaded already. */
  readonly known: ReadonlyMap<string, string>;
  /** Each transaction's customer, whose profile has been taken over. */
  readonly customers: readonly Customer[];
}

/** Valid transactions in groups, each with what is loaded of it; the next group is looked up while one is worked on. */
export async function* readGroups(
  portions: Iterable<readonly ValidRecord[]>,
  customers: Customers,
  knownOrders: KnownOrders,
  snapshot: TransformSnapshot,
  { baseExponent }: PricingRules,
): AsyncGenerator<Group, void> {
  let ahead: Promise<Group> | undefined;
  for (const transactions of portions) {
    const newIds: string[] = [];
    const ofGroup = transactions.map(({ customerId }) => customers.get(customerId, newIds));
    const profiles = loadProfiles(snapshot, customers, newIds, baseExponent);
    const group = Promise.all([knownOrders(transactions), profiles]).then(([known]) => ({
      transactions,
      known,
      customers: ofGroup,
    }));
    // Awaited one turn later: until then a failure must not count as unhandled.
    group.catch(() => undefined);
    if (ahead !== undefined) yield await ahead;
    ahead = group;
  }
  if (ahead !== undefined) yield await ahead;
}

/** Takes over the profiles of customers who have come up for the first time. */
async function loadProfiles(
  snapshot: TransformSnapshot,
  customers: Customers,
  customerIds: readonly string[],
  baseExponent: number,
): Promise<void> {
  if (customerIds.length === 0) return;
  for (const profile of await snapshot.customerProfiles(customerIds, baseExponent)) customers.load(profile);
}
