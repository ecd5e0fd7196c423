import { batchesInScope, rejectedInScope, transactionsInScope, type Check } from './check-scope-queries.ts';

export const batchChecks: readonly Check[] = [
  {
    name: 'batch_balance',
    message: 'a batch has read another number of records than it has loaded, repeated and rejected',
    sql: `
      select format('batch %s', batch_id) as subject, format('%s read', read_count) as expected,
        format('%s loaded + %s duplicate + %s rejected', loaded_count, duplicate_count, rejected_count) as found
      from ${batchesInScope} b
      where read_count is distinct from loaded_count + duplicate_count + rejected_count`,
  },
  rowCountCheck('batch_transactions', {
    message: 'a batch has another number of transactions than it has loaded',
    batches: batchesInScope,
    count: 'loaded_count',
    rows: transactionsInScope,
  }),
  rowCountCheck('batch_rejects', {
    message: 'a batch has another number of records in quarantine than it has rejected',
    batches: `(select * from ${batchesInScope} b where kind <> 'replay')`,
    count: 'rejected_count',
    rows: rejectedInScope,
  }),
  {
    name: 'batch_topic',
    message: 'a batch has read, rejected or claimed records of another topic than its own',
    sql: `
      select format('batch %s', b.batch_id) as subject, format('records of %s', coalesce(b.topic, 'no topic')) as expected,
        format('%s of %s', s.what, s.topic) as found
      from ${batchesInScope} b
      join (
        select batch_id, topic, 'a range' as what from etl_batch_ranges
        union
        select batch_id, topic, 'rejected records' from ${rejectedInScope} q
        union
        select c.batch_id, q.topic, 'claims'
        from replay_claims c
        join rejected_transactions q using (rejected_id)
      ) s using (batch_id)
      where s.topic <> b.topic or (b.topic is null and b.read_count > 0)`,
  },
  {
    name: 'replay_outcomes',
    message: 'a replay has settled its claims otherwise than it has counted',
    sql: `
      select format('replay %s', b.batch_id) as subject,
        format('%s loaded, %s duplicate, %s rejected', b.loaded_count, b.duplicate_count, b.rejected_count) as expected,
        format('%s loaded, %s duplicate, %s rejected', c.loaded, c.duplicate, c.rejected) as found
      from ${batchesInScope} b
      cross join lateral (
        select count(*) filter (where outcome = 'loaded') as loaded,
          count(*) filter (where outcome = 'duplicate') as duplicate,
          count(*) filter (where outcome = 'rejected') as rejected
        from replay_claims
        where batch_id = b.batch_id
      ) c
      where b.kind = 'replay'
        and (b.loaded_count, b.duplicate_count, b.rejected_count) is distinct from (c.loaded, c.duplicate, c.rejected)`,
  },
];

/** The rows of each batch against its count of them, also of batches that are not in the ledger. */
function rowCountCheck(
  name: string,
  options: { readonly message: string; readonly batches: string; readonly count: string; readonly rows: string },
): Check {
  const { message, batches, count, rows } = options;
  return {
    name,
    message,
    sql: `
      select format('batch %s', batch_id) as subject, coalesce(b.${count}::text, 'no loaded batch') as expected,
        coalesce(f.count, 0)::text as found
      from ${batches} b
      full join (select batch_id, count(*) as count from ${rows} r group by batch_id) f using (batch_id)
      where coalesce(f.count, 0) is distinct from b.${count}`,
  };
}
