import { chosenSales } from './sales-filter.ts';

/**
 * A sum over `sales_per_minute` as a rate a minute, for each interval of the graph that lies wholly in the time range;
 * zero where nothing was sold. The last minute is left out, since its batch may not be loaded yet.
 */
export function perMinute(sum: string, name: string): string {
  return `with sold as (
  select
    extract(epoch from date_bin($__interval_ms * interval '1 millisecond', minute, 'epoch')) as bucket,
    ${sum} as quantity
  from sales_per_minute
  where $__timeFilter(minute)
  and ${chosenSales}
  group by date_bin($__interval_ms * interval '1 millisecond', minute, 'epoch')
)
select
  to_timestamp(bucket) as "time",
  coalesce(quantity, 0) / ($__interval_ms / 60000.0) as "${name}"
from generate_series(
  ceil($__unixEpochFrom() * 1000.0 / $__interval_ms) * $__interval_ms / 1000,
  floor(($__unixEpochTo() - 60) * 1000.0 / $__interval_ms - 1) * $__interval_ms / 1000,
  $__interval_ms / 1000
) as bucket
left join sold using (bucket)
order by bucket`;
}
