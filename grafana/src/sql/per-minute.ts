import { chosenSales } from './sales-filter.ts';

/** A day is drawn minute by minute, also where Grafana's bounds are a moment more than a day apart. */
const isLong = `$__timeTo()::timestamptz - $__timeFrom()::timestamptz > interval '25 hours'`;

/** Width of a point in seconds: what Grafana proposes; over longer ranges whole hours, at least one. */
const width = `case when ${isLong} then ceil($__interval_ms / 3600000.0) * 3600 else $__interval_ms / 1000.0 end`;

/**
 * A sum over the roll-up of sales as a rate a minute, for each point of the graph that lies wholly in the time range;
 * zero where nothing was sold. The last minute is left out, since its batch may not be loaded yet.
 */
export function perMinute(sum: string, name: string): string {
  return `with points as (
  select generate_series(
    ceil($__unixEpochFrom() / width) * width,
    floor(($__unixEpochTo() - 60) / width - 1) * width,
    width
  ) as point, width
  from (
    select ${width} as width
  ) as graph
),
sold as (
  select
    extract(epoch from date_bin($__interval_ms * interval '1 millisecond', minute, 'epoch')) as point,
    ${sum} as quantity
  from sales_per_minute
  where not (${isLong})
  and $__timeFilter(minute)
  and ${chosenSales}
  group by 1
  union all
  select
    extract(epoch from date_bin(ceil($__interval_ms / 3600000.0) * interval '1 hour', hour, 'epoch')),
    ${sum}
  from sales_per_hour
  where ${isLong}
  and $__timeFilter(hour)
  and ${chosenSales}
  group by 1
)
select
  to_timestamp(point) as "time",
  coalesce(quantity, 0) / (width / 60) as "${name}"
from points
left join sold using (point)
order by point`;
}
