import type { PlannedRange } from '../batch/plan-ranges.ts';
import type { TransformSnapshot } from './transform-snapshot.ts';
import type { Warehouse } from '../warehouse/connection.ts';
import { readCustomerProfiles, readListEntries } from '../streams/transactions/customer-profile-queries.ts';
import { readState, positionsStandAt } from '../warehouse/positions.ts';
import { findRuleSet } from '../fraud/rule-sets/rule-set-queries.ts';
import { greatestOrderId, knownOrders } from './known-order-queries.ts';
import { readExchangeRates, readTaxRates } from '../rates/rate-queries.ts';

export type SnapshotOutcome<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  /** Another batch has loaded these records: there is nothing to look at. */
  | { readonly kind: 'superseded' };

/** Runs `work` over one snapshot of the warehouse, taken while the positions still stand where the batch begins. */
export async function withTransformSnapshot<Result>(
  warehouse: Warehouse,
  topic: string,
  ranges: readonly PlannedRange[],
  work: (snapshot: TransformSnapshot) => Promise<Result>,
): Promise<SnapshotOutcome<Result>> {
  const { client } = warehouse;
  return warehouse.db.transaction(
    async (tx): Promise<SnapshotOutcome<Result>> => {
      if (!(await positionsStandAt(tx, topic, ranges))) return { kind: 'superseded' };
      const state = await readState(tx);
      const result = await work({
        stateVersion: state.stateVersion,
        baseCurrency: state.baseCurrency,
        greatestOrderId: async () => greatestOrderId(client),
        knownOrders: async (orderIds) => knownOrders(client, orderIds),
        customerProfiles: async (customerIds, baseExponent) => readCustomerProfiles(client, customerIds, baseExponent),
        listEntries: async () => readListEntries(tx),
        ruleSet: async (version) => (await findRuleSet(tx, version))?.definition,
        taxRates: async (recordedBy) => readTaxRates(tx, recordedBy),
        exchangeRates: async (base, days, recordedBy) => readExchangeRates(tx, base, days, recordedBy),
      });
      return { kind: 'done', result };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}
