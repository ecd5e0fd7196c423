import {
  batchesInScope,
  rangesInScope,
  rejectedInScope,
  transactionsInScope,
  type Check,
} from './check-scope-queries.ts';

const rangeName = `format('batch %s, %s partition %s, offsets %s to %s', r.batch_id, r.topic, r.partition, r.from_offset, r.next_offset - 1)`;

export const rangeChecks: readonly Check[] = [
  {
    name: 'range_gap',
    message: 'offsets between two loaded ranges were never loaded, and their loss was not accepted',
    sql: `
      with accepted as (
        select topic, partition, range_agg(int8range(
          coalesce((details->'accepted'->>'positionBefore')::bigint, from_offset),
          coalesce((details->'accepted'->>'positionAfter')::bigint, next_offset))) as lost
        from etl_incidents
        where resolved_at is not null and from_offset is not null and from_offset <= next_offset
          and coalesce(details->'accepted'->>'action', 'skipped') = 'skipped'
        group by topic, partition
      ),
      follow_up as (
        select topic, partition, epoch, from_offset,
          lag(next_offset) over (partition by topic, epoch, partition order by from_offset) as expected_offset
        from (
          select topic, partition, epoch, from_offset, next_offset
          from etl_batch_ranges
          where is_loaded and from_offset < next_offset
          union all
          select topic, partition, epoch, next_offset, next_offset
          from source_positions
        ) ranges
      )
      select format('%s partition %s (epoch %s)', f.topic, f.partition, f.epoch) as subject,
        format('loaded on from offset %s', expected_offset) as expected, format('from offset %s', from_offset) as found
      from follow_up f
      left join accepted a on a.topic = f.topic and a.partition = f.partition
      where from_offset > expected_offset and not coalesce(a.lost @> int8range(expected_offset, from_offset), false)`,
  },
  {
    name: 'range_overlap',
    message: 'offsets were loaded twice, or the stored position is before what is loaded',
    sql: `
      select format('%s partition %s (epoch %s)', topic, partition, epoch) as subject,
        format('from offset %s or later', reached) as expected, format('from offset %s', from_offset) as found
      from (
        select topic, partition, epoch, from_offset,
          max(next_offset) over (
            partition by topic, epoch, partition order by from_offset, next_offset rows between unbounded preceding and 1 preceding
          ) as reached
        from (
          select topic, partition, epoch, from_offset, next_offset
          from etl_batch_ranges
          where is_loaded and from_offset < next_offset
        ) ranges
      ) r
      where from_offset < reached
      union all
      select format('position of %s partition %s', p.topic, p.partition), format('offset %s', max(r.next_offset)), format('offset %s', p.next_offset)
      from source_positions p
      join etl_batch_ranges r
        on r.topic = p.topic and r.partition = p.partition and r.epoch = p.epoch and r.is_loaded
      group by p.topic, p.partition, p.next_offset
      having p.next_offset < max(r.next_offset)`,
  },
  {
    name: 'range_balance',
    message:
      'the records and holes of a range do not add up to its offsets, or its records not to what was loaded, repeated and rejected',
    sql: `
      select ${rangeName} as subject, format('%s offsets', next_offset - from_offset) as expected,
        format('%s read (%s loaded + %s duplicate + %s rejected) + %s holes',
          read_count, loaded_count, duplicate_count, rejected_count, hole_count) as found
      from ${rangesInScope} r
      where read_count + hole_count is distinct from next_offset - from_offset
        or (loaded_count is not null and read_count is distinct from loaded_count + duplicate_count + rejected_count)`,
  },
  {
    name: 'range_sums',
    message: 'the ranges of a batch do not add up to the batch',
    sql: `
      select format('batch %s', b.batch_id) as subject, format('%s read, %s holes', b.read_count, b.hole_count) as expected,
        format('%s read, %s holes', coalesce(r.read_count, 0), coalesce(r.hole_count, 0)) as found
      from ${batchesInScope} b
      left join (
        select batch_id, sum(read_count) as read_count, sum(hole_count) as hole_count
        from etl_batch_ranges
        where is_loaded
        group by batch_id
      ) r using (batch_id)
      where b.kind <> 'replay'
        and (b.read_count, b.hole_count) is distinct from (coalesce(r.read_count, 0), coalesce(r.hole_count, 0))`,
  },
  rowCountCheck('range_transactions', {
    message: 'a range has another number of transactions than were loaded from it, or one that is outside of it',
    count: 'loaded_count',
    rows: `(select batch_id, kafka_epoch as epoch, kafka_partition as partition, kafka_offset as "offset" from ${transactionsInScope} t)`,
    noun: 'transactions',
  }),
  rowCountCheck('range_rejects', {
    message:
      'a range has another number of records in quarantine than were rejected from it, or one that is outside of it',
    count: 'rejected_count',
    rows: rejectedInScope,
    noun: 'rejected',
  }),
];

/** The rows of each range against its count of them and its offsets. */
function rowCountCheck(
  name: string,
  options: { readonly message: string; readonly count: string; readonly rows: string; readonly noun: string },
): Check {
  const { message, count, rows, noun } = options;
  return {
    name,
    message,
    sql: `
      select ${rangeName} as subject, format('%s ${noun}', r.${count}) as expected,
        format('%s, offsets %s to %s', coalesce(f.count, 0), f.least, f.greatest) as found
      from ${rangesInScope} r
      left join (
        select batch_id, epoch, partition, count(*) as count, min("offset") as least, max("offset") as greatest
        from ${rows} s
        group by batch_id, epoch, partition
      ) f on (f.batch_id, f.epoch, f.partition) = (r.batch_id, r.epoch, r.partition)
      where r.${count} is not null
        and (coalesce(f.count, 0) <> r.${count} or f.least < r.from_offset or f.greatest >= r.next_offset)`,
  };
}
