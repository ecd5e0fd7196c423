import { sql, type SQL } from 'drizzle-orm';

import type { Queryable } from './connection.ts';

/** One row of what a batch adds, its values in the order of the table's columns. */
export type DeltaRow = readonly unknown[];

const rowsPerStatement = 5000;

/** Adds a batch's sums to the minutes' sums. */
export async function mergeSalesPerMinute(db: Queryable, rows: Iterable<DeltaRow>): Promise<void> {
  await inJsonChunks(rows, async (json) =>
    db.execute(sql`
      insert into sales_per_minute as known
        (minute, product_category, currency, country, transaction_count, flagged_count,
         amount_sum, tax_sum, total_sum, amount_base_sum, tax_base_sum)
      select (r->>0)::timestamptz, r->>1, r->>2, r->>3, (r->>4)::bigint, (r->>5)::bigint,
             (r->>6)::numeric, (r->>7)::numeric, (r->>8)::numeric, (r->>9)::numeric, (r->>10)::numeric
      from jsonb_array_elements(${json}) as r
      on conflict (minute, product_category, currency, country) do update set
        transaction_count = known.transaction_count + excluded.transaction_count,
        flagged_count = known.flagged_count + excluded.flagged_count,
        amount_sum = known.amount_sum + excluded.amount_sum,
        tax_sum = known.tax_sum + excluded.tax_sum,
        total_sum = known.total_sum + excluded.total_sum,
        amount_base_sum = known.amount_base_sum + excluded.amount_base_sum,
        tax_base_sum = known.tax_base_sum + excluded.tax_base_sum`),
  );
}

/** Adds a batch's sums to the customers' days. */
export async function mergeCustomerDays(db: Queryable, rows: Iterable<DeltaRow>): Promise<void> {
  await inJsonChunks(rows, async (json) =>
    db.execute(sql`
      insert into customer_days as known
        (day, customer_id, transaction_count, flagged_count, amount_base_sum, last_transaction_at)
      select (r->>0)::date, r->>1, (r->>2)::bigint, (r->>3)::bigint, (r->>4)::numeric, (r->>5)::timestamptz
      from jsonb_array_elements(${json}) as r
      on conflict (day, customer_id) do update set
        transaction_count = known.transaction_count + excluded.transaction_count,
        flagged_count = known.flagged_count + excluded.flagged_count,
        amount_base_sum = known.amount_base_sum + excluded.amount_base_sum,
        last_transaction_at = greatest(known.last_transaction_at, excluded.last_transaction_at)`),
  );
}

/** Sends rows to the server some at a time, as a JSON array of arrays. */
export async function inJsonChunks(rows: Iterable<DeltaRow>, send: (json: SQL) => Promise<unknown>): Promise<void> {
  let chunk: DeltaRow[] = [];
  const flush = async (): Promise<void> => {
    if (chunk.length > 0) await send(sql`${JSON.stringify(chunk)}::jsonb`);
    chunk = [];
  };
  for (const row of rows) {
    chunk.push(row);
    if (chunk.length === rowsPerStatement) await flush();
  }
  await flush();
}
