/** The chosen batch; until one is, the newest that read something, or else the newest of all. */
export const chosenBatch = `coalesce(
    nullif(\${batch:sqlstring}, ''),
    (
      select batch_id
      from (
        select batch_id, planned_at, read_count
        from etl_batches
        order by planned_at desc
        limit 1000
      ) as newest
      order by coalesce(read_count, 0) > 0 desc, planned_at desc
      limit 1
    )
  )`;

/** Part of every description of the page. */
export const which = 'The batch is the one chosen above, or else the newest that read something.';
