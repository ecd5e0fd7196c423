import { chosenSales } from './sales-filter.ts';

/**
 * The condition that a row of `transactions` is late enough to be among the newest `count` chosen ones in the time
 * range. The newest `count` rows of a roll-up that end in the range hold at least as many transactions, so the first of
 * their hours bounds the minutes to look at, and the first of their minutes the facts. An hour or minute that begins
 * before the range may be the first of them: that only bounds less.
 */
export function amongNewestSales(count: number): string {
  const hour = firstOf(count, 'hour', "$__timeFrom()::timestamptz - interval '1 hour'");
  return `$__timeFilter(transaction_timestamp)
  and transaction_timestamp >= ${firstOf(count, 'minute', hour)}
  and ${chosenSales}`;
}

/** The first of the newest rows of a roll-up, between `from` and its last row that ends in the range. */
function firstOf(count: number, time: 'hour' | 'minute', from: string): string {
  const last = `$__timeTo()::timestamptz - interval '1 ${time}'`;
  return `coalesce((
    select min(${time})
    from (
      select ${time}
      from sales_per_${time}
      where ${time} between ${from} and ${last}
      and ${chosenSales}
      order by ${time} desc
      limit ${count}
    ) as newest_${time}s
  ), ${last})`;
}
