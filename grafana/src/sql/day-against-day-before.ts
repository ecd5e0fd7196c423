import { salesBetween } from './sales-between.ts';
import { chosenSales } from './sales-filter.ts';

/**
 * An aggregate over the roll-up of sales for the 24 hours before the end of the time range, and before that for the
 * 24 hours before them: two rows, each at the end of its day. The first is missing when nothing was sold that day.
 */
export function dayAgainstDayBefore(aggregate: string, name: string): string {
  return `select
  day_end as "time",
  ${aggregate} as "${name}"
from (
  values
    ($__timeTo()::timestamptz - interval '24 hours'),
    ($__timeTo()::timestamptz)
) as days (day_end)
left join lateral ${salesBetween("day_end - interval '24 hours'", 'day_end')}
  on ${chosenSales}
group by day_end
having count(sold_at) > 0 or day_end = $__timeTo()::timestamptz
order by day_end`;
}
