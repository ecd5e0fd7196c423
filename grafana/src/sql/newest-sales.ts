import { chosenSales } from './sales-filter.ts';

/**
 * The condition that a row of `transactions` is late enough to be among the newest `count` chosen ones in the time
 * range. The newest `count` rows of `sales_per_minute` hold at least as many transactions, so their first minute bounds
 * the facts to read to a few blocks, whatever the time range.
 */
export function amongNewestSales(count: number): string {
  return `$__timeFilter(transaction_timestamp)
  and transaction_timestamp >= (
    select min(minute)
    from (
      select minute
      from sales_per_minute
      where minute between date_trunc('minute', $__timeFrom()::timestamptz) and $__timeTo()::timestamptz
      and ${chosenSales}
      order by minute desc
      limit ${count}
    ) as newest
  )
  and ${chosenSales}`;
}
