import { fraudListEntries, type RecentSale } from '@pulse/migrations/schema';
import { isNull, sql } from 'drizzle-orm';
import type pg from 'pg';

import type { CustomerProfile, ListEntry } from '../../fraud/customers.ts';
import type { Queryable } from '../../warehouse/connection.ts';
import { inJsonArrays, type DeltaRows } from '../../warehouse/json-rows.ts';

type ProfileRow = [
  customerId: string,
  transactionCount: string,
  amountBaseSum: string,
  amountBaseSquares: string,
  firstMs: number,
  lastMs: number,
  lastCountry: string,
  lastCurrency: string,
  recent: readonly RecentSale[],
];

/** Profiles of those customers who have one; money in minor units of the base currency, of so many decimals. */
export async function readCustomerProfiles(
  client: pg.Client,
  customerIds: readonly string[],
  baseExponent: number,
): Promise<CustomerProfile[]> {
  const { rows } = await client.query<ProfileRow>({
    name: 'customer_profiles',
    text: `
      select customer_id, transaction_count,
        trunc(amount_base_sum * $2)::text, trunc(amount_base_sum_of_squares * $3)::text,
        (extract(epoch from first_transaction_at) * 1000)::float8, (extract(epoch from last_transaction_at) * 1000)::float8,
        coalesce(last_country, ''), last_currency, recent_sales
      from customer_profiles
      where customer_id = any($1)`,
    values: [customerIds, String(10 ** baseExponent), String(10 ** (2 * baseExponent))],
    rowMode: 'array',
  });
  return rows.map(
    ([customerId, transactionCount, sum, squares, firstMs, lastMs, lastCountry, lastCurrency, recent]) => ({
      customerId,
      transactionCount: Number(transactionCount),
      amountBaseSum: BigInt(sum),
      amountBaseSquares: BigInt(squares),
      firstMs,
      lastMs,
      lastCountry,
      lastCurrency,
      recent: recent.map(([timeMs, amount, amountBase, currency, country]) => ({
        timeMs,
        amount,
        amountBase,
        currency,
        country,
      })),
    }),
  );
}

/** Entries of the allow and block lists that nobody has removed. */
export async function readListEntries(db: Queryable): Promise<ListEntry[]> {
  const entries = await db.select().from(fraudListEntries).where(isNull(fraudListEntries.removedAt));
  return entries.map(({ list, customerId, validUntil }) => ({
    list,
    customerId,
    untilMs: validUntil === null ? Infinity : validUntil.getTime(),
  }));
}

/**
 * Writes customers' profiles as they are after the batch, in place of what they were. They were made from what the warehouse
 * held at the state version that the caller has locked, so that nothing written since can be overwritten. Each row holds the
 * table's columns in order.
 */
export async function replaceCustomerProfiles(db: Queryable, rows: DeltaRows): Promise<void> {
  await inJsonArrays(rows, async (json) =>
    db.execute(sql`
      insert into customer_profiles
        (customer_id, transaction_count, amount_base_sum, amount_base_sum_of_squares,
         first_transaction_at, last_transaction_at, last_country, last_currency, recent_sales)
      select r->>0, (r->>1)::bigint, (r->>2)::numeric, (r->>3)::numeric,
             (r->>4)::timestamptz, (r->>5)::timestamptz, r->>6, r->>7, r->8
      from jsonb_array_elements(${json}) as r
      on conflict (customer_id) do update set
        transaction_count = excluded.transaction_count,
        amount_base_sum = excluded.amount_base_sum,
        amount_base_sum_of_squares = excluded.amount_base_sum_of_squares,
        first_transaction_at = excluded.first_transaction_at,
        last_transaction_at = excluded.last_transaction_at,
        last_country = excluded.last_country,
        last_currency = excluded.last_currency,
        recent_sales = excluded.recent_sales`),
  );
}
