/** How many of the best customers of all time are compared before all customers are: long histories need more. */
const candidateCount = 1000;

const days = `day between greatest(
      ($__timeFrom()::timestamptz at time zone 'UTC')::date,
      ($__timeTo()::timestamptz at time zone 'UTC')::date - 30
    )
    and ($__timeTo()::timestamptz at time zone 'UTC')::date`;

const sums = `sum(transaction_count) as transactions,
    sum(amount_base_sum) as revenue,
    sum(flagged_count) as flagged,
    max(last_transaction_at) as latest_sale`;

/**
 * The `count` customers with the most revenue on the UTC days that the time range touches, at most the last thirty-one:
 * customer_id, transactions, revenue, flagged and latest_sale, in that order of revenue.
 *
 * No customer buys more in some days than in all time, and `customer_profiles` has each customer's total. So the
 * best of all time are added up first: where the last of the best of them has more than all others ever had, no other customer
 * can be among the best. Else the days of all customers are added up, which takes long over a month.
 */
export function bestCustomers(count: number): string {
  return `with candidates as materialized (
  select customer_id, amount_base_sum as most
  from customer_profiles
  order by amount_base_sum desc
  limit ${candidateCount}
),
best_candidates as materialized (
  select customer_id, bought.*
  from candidates
  cross join lateral (
    select ${sums}
    from customer_days
    where customer_days.customer_id = candidates.customer_id
    and ${days}
  ) as bought
  where revenue is not null
  order by revenue desc, customer_id
  limit ${count}
),
decision as materialized (
  select
    (select count(*) from candidates) < ${candidateCount}
    or (
      (select count(*) from best_candidates) = ${count}
      and (select min(revenue) from best_candidates) > (select min(most) from candidates)
    ) as is_final
)
select *
from best_candidates
where (select is_final from decision)
union all
(
  select customer_id, ${sums}
  from customer_days
  where not (select is_final from decision)
  and ${days}
  group by customer_id
  order by revenue desc, customer_id
  limit ${count}
)
order by revenue desc, customer_id`;
}
