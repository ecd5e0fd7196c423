import { minuteRollUp, salesDimensions } from '@pulse/migrations/schema';

const columns = [...salesDimensions, ...minuteRollUp.sums].map(({ name }) => name).join(', ');

/**
 * The roll-up of sales from `from` until before `until`, as a table expression: whole hours of `sales_per_hour`, and the
 * minutes before the first and after the last of them, so that it is exact to the minute and short over any range. A
 * minute counts by its start; `sold_at` is the start of a row's hour or minute.
 *
 * @param from - SQL of a timestamptz, as is `until`.
 */
export function salesBetween(from: string, until: string): string {
  const firstHour = `date_bin('1 hour', ${from} - interval '1 microsecond', 'epoch') + interval '1 hour'`;
  const lastHour = `date_bin('1 hour', ${until}, 'epoch')`;
  return `(
  select hour as sold_at, ${columns}
  from sales_per_hour
  where hour >= ${firstHour}
    and hour < ${lastHour}
  union all
  select minute, ${columns}
  from sales_per_minute
  where minute >= ${from}
    and minute < least(${firstHour}, ${until})
  union all
  select minute, ${columns}
  from sales_per_minute
  where minute >= greatest(${firstHour}, ${lastHour})
    and minute < ${until}
) as sales`;
}

/** The roll-up of sales of the dashboard's time range. */
export const salesInRange = salesBetween('$__timeFrom()::timestamptz', '$__timeTo()::timestamptz');
