import type { CustomerProfile, ListEntry } from '../fraud/customers.ts';
import type { RateSnapshot } from '../rates/read-rates.ts';

/** The warehouse as one transaction sees it: what a transform reads, all of one moment. */
export interface TransformSnapshot extends RateSnapshot {
  /** Raised by whoever changes facts, profiles or positions. */
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
