import { salesBetween } from './sales-between.ts';
import { chosenSales } from './sales-filter.ts';

/**
 * An aggregate over the roll-up of sales for the 24 hours before the end of the time range: one row, named in the column
 * `metric` by its change against the 24 hours before those. Nothing is compared where that day's figure is missing or 0, or
 * where sales began in the course of it: its first six hours have less than a quarter of what the same hours of the next
 * day have.
 */
export function dayAgainstDayBefore(aggregate: string, name: string): string {
  return `with figures as (
  select
    ${figure(aggregate, 24, 0)} as today,
    ${figure(aggregate, 48, 24)} as day_before,
    4 * ${figure(transactions, 48, 42)} >= ${figure(transactions, 24, 18)} as is_whole
)
select
  $__timeTo()::timestamptz as "time",
  case
    when is_whole and day_before <> 0 and today is not null
      then to_char(100 * (today - day_before) / day_before, 'FMSG999,999,990.0') || ' % on the day before'
    else 'nothing to compare'
  end as metric,
  today as "${name}"
from figures`;
}

const transactions = 'coalesce(sum(transaction_count), 0)';

/** A figure between two times, which are hours before the end of the time range. */
function figure(aggregate: string, fromHours: number, untilHours: number): string {
  return `(
      select ${aggregate}
      from ${salesBetween(hoursBeforeEnd(fromHours), hoursBeforeEnd(untilHours))}
      where ${chosenSales}
    )`;
}

function hoursBeforeEnd(hours: number): string {
  return `($__timeTo()::timestamptz - interval '${hours} hours')`;
}
