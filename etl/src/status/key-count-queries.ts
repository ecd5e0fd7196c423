import { sql } from 'drizzle-orm';

import type { Queryable } from '../warehouse/connection.ts';

/** How the records of the batches that were loaded in some hours were keyed. */
export interface KeyCounts extends Record<string, unknown> {
  readonly hours: number;
  readonly readCount: number;
  /** Valid records whose key is not their customer's id, and those of them without a key. */
  readonly otherKeyCount: number;
  readonly noKeyCount: number;
  /** Customers with records in several partitions of one batch: of the batch that had most. */
  readonly scatteredCustomerCount: number;
}

/** Counts over the batches that were loaded in the last `hours`. */
export async function readKeyCounts(db: Queryable, hours: number): Promise<KeyCounts> {
  const { rows } = await db.execute<KeyCounts>(sql`
    select ${hours}::int as hours,
      coalesce(sum(read_count), 0)::float8 as "readCount",
      coalesce(sum(other_key_count), 0)::float8 as "otherKeyCount",
      coalesce(sum(no_key_count), 0)::float8 as "noKeyCount",
      coalesce(max(scattered_customer_count), 0)::float8 as "scatteredCustomerCount"
    from etl_batches
    where state = 'loaded' and loaded_at > now() - make_interval(hours => ${hours})`);
  const [counts] = rows;
  if (counts === undefined) throw new Error('the ledger has no counts of keys');
  return counts;
}
