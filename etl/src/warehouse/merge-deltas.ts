import { sql, type SQL } from 'drizzle-orm';

import type { Queryable } from './connection.ts';

/** One row of what a batch adds, as JSON: an array of values in the order of the table's columns. */
export type DeltaRow = string;

const rowsPerStatement = 5000;

/** What the roll-ups of sales have in common: their columns beside the time, and how sums are added to those known. */
const marketAndSums =
  sql.raw(`product_category, currency, country, transaction_count, flagged_count, amount_sum, tax_sum,
  total_sum, amount_base_sum, tax_base_sum`);
const addSums = sql.raw(`
  transaction_count = known.transaction_count + excluded.transaction_count,
  flagged_count = known.flagged_count + excluded.flagged_count,
  amount_sum = known.amount_sum + excluded.amount_sum,
  tax_sum = known.tax_sum + excluded.tax_sum,
  total_sum = known.total_sum + excluded.total_sum,
  amount_base_sum = known.amount_base_sum + excluded.amount_base_sum,
  tax_base_sum = known.tax_base_sum + excluded.tax_base_sum`);

/** Adds a batch's sums to the minutes' sums, and what they come to by hour to the hours' sums. */
export async function mergeSales(db: Queryable, rows: Iterable<DeltaRow>): Promise<void> {
  await inJsonChunks(rows, async (json) =>
    db.execute(sql`
      with deltas as materialized (
        select (r->>0)::timestamptz as minute, r->>1 as product_category, r->>2 as currency, r->>3 as country,
          (r->>4)::bigint as transaction_count, (r->>5)::bigint as flagged_count, (r->>6)::numeric as amount_sum,
          (r->>7)::numeric as tax_sum, (r->>8)::numeric as total_sum, (r->>9)::numeric as amount_base_sum,
          (r->>10)::numeric as tax_base_sum
        from jsonb_array_elements(${json}) as r
      ), minutes as (
        insert into sales_per_minute as known (minute, ${marketAndSums})
        select minute, ${marketAndSums}
        from deltas
        on conflict (minute, product_category, currency, country) do update set ${addSums}
      )
      insert into sales_per_hour as known (hour, ${marketAndSums})
      select date_bin('1 hour', minute, 'epoch'), product_category, currency, country, sum(transaction_count),
        sum(flagged_count), sum(amount_sum), sum(tax_sum), sum(total_sum), sum(amount_base_sum), sum(tax_base_sum)
      from deltas
      group by 1, 2, 3, 4
      on conflict (hour, product_category, currency, country) do update set ${addSums}`),
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
    if (chunk.length > 0) await send(sql`${`[${chunk.join(',')}]`}::jsonb`);
    chunk = [];
  };
  for (const row of rows) {
    chunk.push(row);
    if (chunk.length === rowsPerStatement) await flush();
  }
  await flush();
}
