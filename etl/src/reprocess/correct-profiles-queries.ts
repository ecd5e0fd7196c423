import { sql } from 'drizzle-orm';

import type { Queryable } from '../warehouse/connection.ts';
import { requireAllRows } from './correct-roll-ups-queries.ts';

/** Adds to each customer's sums what the changes of its transactions come to, and corrects the recent sales. */
export async function correctProfiles(db: Queryable, baseExponent: number): Promise<void> {
  await requireAllRows(
    db,
    'customer_profiles',
    sql`
    with deltas as (
      select t.customer_id,
        sum(c.amount_base_after - c.amount_base_before) as amount_base,
        sum(c.amount_base_after * c.amount_base_after - c.amount_base_before * c.amount_base_before) as squares
      from reprocess_changes c
      join transactions t using (order_id)
      group by 1
    ), corrected as (
      update customer_profiles p
      set amount_base_sum = p.amount_base_sum + d.amount_base,
        amount_base_sum_of_squares = p.amount_base_sum_of_squares + d.squares
      from deltas d
      where p.customer_id = d.customer_id
      returning 1
    )
    select (select count(*) from deltas)::int as expected, (select count(*) from corrected)::int as corrected`,
  );
  await correctRecentSales(db, baseExponent);
}

/** The recent sales in a profile have no order id, but equal transactions of a customer are converted equally. */
async function correctRecentSales(db: Queryable, baseExponent: number): Promise<void> {
  const minorUnits = sql`${10 ** baseExponent}::numeric`;
  await db.execute(sql`
    with changes as (
      select distinct t.customer_id, c.transaction_ms, c.amount_minor, t.currency, coalesce(t.country, '') as country,
        c.amount_base_before * ${minorUnits} as before, trim_scale(c.amount_base_after * ${minorUnits}) as after
      from reprocess_changes c
      join transactions t using (order_id)
      where c.amount_base_before <> c.amount_base_after
    ), corrected as (
      select p.customer_id,
        jsonb_agg(
          case when changes.after is null then recent.sale else jsonb_set(recent.sale, '{2}', to_jsonb(changes.after)) end
          order by recent.place
        ) as recent_sales
      from customer_profiles p
      cross join lateral jsonb_array_elements(p.recent_sales) with ordinality as recent (sale, place)
      left join changes
        on changes.customer_id = p.customer_id
        and changes.transaction_ms = (recent.sale ->> 0)::bigint
        and changes.amount_minor = (recent.sale ->> 1)::numeric
        and changes.before = (recent.sale ->> 2)::numeric
        and changes.currency = recent.sale ->> 3
        and changes.country = recent.sale ->> 4
      where p.customer_id in (select customer_id from changes)
      group by p.customer_id
    )
    update customer_profiles p
    set recent_sales = corrected.recent_sales
    from corrected
    where p.customer_id = corrected.customer_id`);
}
