import { salesBetween } from './sales-between.ts';
import { chosenSales } from './sales-filter.ts';

/**
 * An aggregate over the roll-up of sales for the 24 hours before the end of the time range: one row, named in the column
 * `metric` by its change against the 24 hours before those. Nothing is compared where that day's figure is missing or 0, or
 * where the pipeline began in the course of it: the day before it has less than a quarter of its sales, and its first six
 * hours less than a quarter of the sales of the same hours a day later. Sales of all kinds count for that, not only the chosen.
 */
export function dayAgainstDayBefore(aggregate: string, name: string): string {
  return `with figures as (
  select
    ${figure(aggregate, 24, 0)} as today,
    ${figure(aggregate, 48, 24)} as day_before,
    4 * ${soldBetween(72, 48)} >= ${soldBetween(48, 24)} or 4 * ${soldBetween(48, 42)} >= ${soldBetween(24, 18)} as is_whole
)
select
  $__timeTo()::timestamptz as "time",
  case
    when is_whole and day_before <> 0 and today is not null
      then to_char(round(100 * (today - day_before) / day_before, 1) + 0, 'FMSG999,999,999,990.0') || ' % on the day before'
    else 'nothing to compare'
  end as metric,
  today as "${name}"
from figures`;
}

/** All sales between two times, which are hours before the end of the time range. */
function soldBetween(fromHours: number, untilHours: number): string {
  return `(
      select coalesce(sum(transaction_count), 0)
      from ${salesBetween(hoursBeforeEnd(fromHours), hoursBeforeEnd(untilHours))}
    )`;
}

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
