import { scheduleSeconds, secondsOf, type Allowance } from './schedule.ts';

/** How long the last load may be ago before sales count as stale. */
export const staleAfter: Allowance = { periods: 3, secondsMin: 90 };

/** A batch is in time when it is loaded before the next but one is due; until then the last load is no reason to look. */
export const inTime: Allowance = { periods: 2, secondsMin: 60 };

/** Age of the newest sale from which it is worth a look. */
export const salesLateAfter: Allowance = { periods: 2, secondsMin: 120 };

/** Age of the newest sale from which sales count as missing. */
export const salesMissingAfter: Allowance = { periods: 3, secondsMin: 300 };

/** Batches that read Kafka: replays, corrections and imports load nothing new. */
const readsKafka = `state = 'loaded'
  and kind in ('scheduled', 'manual', 'backfill')`;

/**
 * Seconds since a batch was last loaded, an empty one too; before the first, since the server of the warehouse started,
 * so that a pipeline that never ran is noticed.
 */
export const sinceLastLoad = `select
  extract(epoch from now() - coalesce(max(loaded_at), pg_postmaster_start_time())) as "Since the last load"
from etl_batches
where ${readsKafka}`;

/** How many seconds longer ago that is than it may be; negative while all is well. */
export const loadOverdue = `select
  "Since the last load" - ${secondsOf(staleAfter)} as "Overdue"
from (
${sinceLastLoad}
) as loads`;

/**
 * Age in seconds of the newest sale that is loaded; no row before the first. A sale dated into the future counts as of
 * its load, and so do the sales of the first load: what was sold before it is history, not an outage. Late sales may come
 * in batches of their own: the last twenty batches with sales are looked at.
 */
export const newestSaleAge = `select
  extract(
    epoch from now() - greatest(
      max(least(newest_transaction_at, loaded_at)),
      (
        select min(loaded_at)
        from etl_batches
        where state = 'loaded'
          and newest_transaction_at is not null
      )
    )
  ) as "Age of the newest sale"
from (
  select newest_transaction_at, loaded_at
  from etl_batches
  where state = 'loaded'
    and newest_transaction_at is not null
  order by loaded_at desc
  limit 20
) as newest
having count(*) > 0`;

/**
 * What the ledger knows of each partition: its position, where the log ended when a batch was last planned, how many
 * offsets lie between, how many wait behind an open transaction, for how many seconds plans have found it open, and how old that knowledge is in seconds. It knows nothing newer while no batch is planned, so the
 * age belongs to the lag wherever that is shown.
 */
export const partitionLag = `select
  position.topic,
  position.partition,
  position.next_offset,
  seen.end_offset,
  greatest(coalesce(seen.end_offset, position.next_offset) - position.next_offset, 0) as lag,
  greatest(seen.high_watermark - seen.end_offset, 0) as held,
  extract(epoch from seen.planned_at - seen.held_since) as held_seconds,
  seen.held_since,
  extract(epoch from now() - seen.planned_at) as seen_seconds
from source_positions as position
left join lateral (
  select end_offset, high_watermark, held_since, planned_at
  from etl_batches
  join etl_batch_ranges as planned using (batch_id)
  where planned.topic = position.topic
    and planned.partition = position.partition
    and planned.epoch = position.epoch
  order by planned_at desc
  limit 1
) as seen on true`;

/** Free bytes of the staging area when a batch was last planned. */
export const stagingFree = `select staging_free_bytes as "Free"
from etl_batches
where staging_free_bytes is not null
order by planned_at desc
limit 1`;

/**
 * Common table expressions: `span`, the part of the time range that can be evaluated (from the first load on, up to now), and
 * `stale`, the stretches of it in which the last load was longer ago than `staleAfter` allows, by the
 * longer of the schedules that the two loads around a stretch were planned by.
 */
export const staleStretches = `loads as (
  select loaded_at, schedule_seconds
  from etl_batches
  where ${readsKafka}
    and loaded_at <= $__timeTo()::timestamptz
    and loaded_at >= coalesce(
      (
        select max(loaded_at)
        from etl_batches
        where ${readsKafka}
          and loaded_at < $__timeFrom()::timestamptz
      ),
      $__timeFrom()::timestamptz
    )
),
span as (
  select
    greatest($__timeFrom()::timestamptz, min(loaded_at)) as begins_at,
    least($__timeTo()::timestamptz, now()) as ends_at
  from loads
  having min(loaded_at) < least($__timeTo()::timestamptz, now())
    and $__timeFrom()::timestamptz < least($__timeTo()::timestamptz, now())
),
stale as (
  select
    greatest(stale_from, begins_at) as begins_at,
    stale_to as ends_at
  from (
    select
      loaded_at + make_interval(secs => ${secondsOf(staleAfter, 'greatest(own_schedule, next_schedule)')}) as stale_from,
      stale_to
    from (
      select
        loaded_at,
        schedule_seconds as own_schedule,
        lead(schedule_seconds, 1, ${scheduleSeconds}) over by_time as next_schedule,
        lead(loaded_at, 1, (select ends_at from span)) over by_time as stale_to
      from loads
      window by_time as (order by loaded_at)
    ) as pairs
  ) as gaps
  cross join span
  where stale_from < stale_to
    and begins_at < stale_to
)`;

/** A reconciliation is due once a day, and may take most of an hour. */
export const reconciledEverySeconds = 26 * 3600;

/**
 * Seconds since a reconciliation last ended; before the first, since the first batch was planned, so that none at all is
 * noticed. No row where there is neither.
 */
export const sinceLastReconciliation = `select
  extract(epoch from now() - coalesce(max(finished_at), (select min(planned_at) from etl_batches))) as "Not reconciled for"
from etl_reconciliations
having count(*) > 0 or exists (select from etl_batches)`;
