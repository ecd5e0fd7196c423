import type { Batch } from '../batch/batch.ts';
import type { CustomerProfile, ListEntry } from '../fraud/customers.ts';
import { findRuleSet } from '../fraud/rule-sets/rule-set-queries.ts';
import { readExchangeRates, readTaxRates } from '../rates/rate-queries.ts';
import type { RateSnapshot } from '../pricing/read-pricing-rules.ts';
import { readCustomerProfiles, readListEntries } from '../streams/transactions/customer-profile-queries.ts';
import type { Warehouse } from '../warehouse/connection.ts';
import { positionsStandAt, readState } from '../warehouse/positions.ts';
import { greatestOrderId, knownOrders } from '../streams/transactions/known-order-queries.ts';

/** The warehouse as one transaction sees it: what a transform reads, all of one moment. */
export interface TransformSnapshot extends RateSnapshot {
  /** Raised with each change of transactions, profiles or positions. */
  readonly stateVersion: bigint;
  /** The greatest order id that is loaded, compared byte by byte as UTF-8; null while nothing is. */
  greatestOrderId(): Promise<string | null>;
  /** Content hashes, in hexadecimal, of those orders that are loaded. */
  knownOrders(orderIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Profiles of those customers who have one; money in minor units of the base currency, of so many decimals. */
  customerProfiles(customerIds: readonly string[], baseExponent: number): Promise<readonly CustomerProfile[]>;
  /** Entries of the allow and block lists that stand. */
  listEntries(): Promise<readonly ListEntry[]>;
  /** A fraud rule set as JSON; undefined for a version that is not stored. */
  ruleSet(version: string): Promise<unknown>;
}

/**
 * Runs `work` over one snapshot of the warehouse, taken while the positions still stand where the batch begins.
 * @returns undefined where they do not: another batch has loaded these records.
 */
export async function withTransformSnapshot<Result>(
  { client, db }: Warehouse,
  { topic, ranges }: Pick<Batch, 'topic' | 'ranges'>,
  work: (snapshot: TransformSnapshot) => Promise<Result>,
): Promise<Result | undefined> {
  return db.transaction(
    async (tx) => {
      if (!(await positionsStandAt(tx, topic, ranges))) return undefined;
      const { stateVersion, baseCurrency } = await readState(tx);
      return work({
        stateVersion,
        baseCurrency,
        greatestOrderId: async () => greatestOrderId(client),
        knownOrders: async (orderIds) => knownOrders(client, orderIds),
        customerProfiles: async (customerIds, baseExponent) => readCustomerProfiles(client, customerIds, baseExponent),
        listEntries: async () => readListEntries(tx),
        ruleSet: async (version) => (await findRuleSet(tx, version))?.definition,
        taxRates: async (recordedBy) => readTaxRates(tx, recordedBy),
        exchangeRates: async (base, days, recordedBy) => readExchangeRates(tx, base, days, recordedBy),
      });
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}
