import { sql } from 'drizzle-orm';

import type { Queryable } from '../../warehouse/connection.ts';
import { inJsonArrays, type DeltaRows } from '../../warehouse/json-rows.ts';

/** What the roll-ups of sales have in common: their columns beside the time, and how sums are added to those known. */
const marketAndSums =
  sql.raw(`product_category, currency, country, transaction_count, flagged_count, amount_sum, tax_sum,
  total_sum, amount_base_sum, tax_base_sum`);
const sumsOfDeltas = sql.raw(`sum(transaction_count), sum(flagged_count), sum(amount_sum), sum(tax_sum), sum(total_sum),
  sum(amount_base_sum), sum(tax_base_sum)`);
const namedSums = sql.raw(`sum(transaction_count) as transaction_count, sum(flagged_count) as flagged_count,
  sum(amount_sum) as amount_sum, sum(tax_sum) as tax_sum, sum(total_sum) as total_sum,
  sum(amount_base_sum) as amount_base_sum, sum(tax_base_sum) as tax_base_sum`);
const addSums = sql.raw(`
  transaction_count = known.transaction_count + excluded.transaction_count,
  flagged_count = known.flagged_count + excluded.flagged_count,
  amount_sum = known.amount_sum + excluded.amount_sum,
  tax_sum = known.tax_sum + excluded.tax_sum,
  total_sum = known.total_sum + excluded.total_sum,
  amount_base_sum = known.amount_base_sum + excluded.amount_base_sum,
  tax_base_sum = known.tax_base_sum + excluded.tax_base_sum`);

/**
 * Adds a batch's sums to the minutes' sums, and what they come to by hour, and by day and rate of the tax, to theirs. Only the
 * few minutes that two local days split are added up first.
 */
export async function mergeSales(db: Queryable, rows: DeltaRows): Promise<void> {
  await inJsonArrays(rows, async (json) =>
    db.execute(sql`
      with deltas as materialized (
        select (r->>0)::timestamptz as minute, r->>1 as product_category, r->>2 as currency, r->>3 as country,
          (r->>4)::bigint as transaction_count, (r->>5)::bigint as flagged_count, (r->>6)::numeric as amount_sum,
          (r->>7)::numeric as tax_sum, (r->>8)::numeric as total_sum, (r->>9)::numeric as amount_base_sum,
          (r->>10)::numeric as tax_base_sum, (r->>11)::date as tax_date, (r->>12)::numeric as tax_rate, (r->>13)::boolean as is_split
        from jsonb_array_elements(${json}) as r
      ), split_minutes as materialized (
        select distinct minute, product_category, currency, country from deltas where is_split
      ), hours as materialized (
        select date_bin('1 hour', minute, 'epoch') as hour, tax_date, tax_rate, product_category, currency, country,
          ${namedSums}
        from deltas
        group by 1, 2, 3, 4, 5, 6
      ), minutes as (
        insert into sales_per_minute as known (minute, ${marketAndSums})
        select minute, ${marketAndSums}
        from deltas
        where (minute, product_category, currency, country) not in (select * from split_minutes)
        union all
        select minute, product_category, currency, country, ${sumsOfDeltas}
        from deltas
        where (minute, product_category, currency, country) in (select * from split_minutes)
        group by 1, 2, 3, 4
        on conflict (minute, product_category, currency, country) do update set ${addSums}
      ), taxes as (
        insert into tax_per_day as known
          (tax_date, country, product_category, tax_rate, transaction_count, amount_base_sum, tax_base_sum)
        select tax_date, country, product_category, tax_rate, sum(transaction_count), sum(amount_base_sum), sum(tax_base_sum)
        from hours
        group by 1, 2, 3, 4
        on conflict (tax_date, country, product_category, tax_rate) do update set
          transaction_count = known.transaction_count + excluded.transaction_count,
          amount_base_sum = known.amount_base_sum + excluded.amount_base_sum,
          tax_base_sum = known.tax_base_sum + excluded.tax_base_sum
      )
      insert into sales_per_hour as known (hour, ${marketAndSums})
      select hour, product_category, currency, country, ${sumsOfDeltas}
      from hours
      group by 1, 2, 3, 4
      on conflict (hour, product_category, currency, country) do update set ${addSums}`),
  );
}

/** Adds a batch's sums to the customers' days. */
export async function mergeCustomerDays(db: Queryable, rows: DeltaRows): Promise<void> {
  await inJsonArrays(rows, async (json) =>
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
