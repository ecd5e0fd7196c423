import type { Client } from 'pg';

import { sampleBase, sampleRates } from './sample-rates.ts';
import { inTransaction } from './transaction.ts';

/**
 * Adds the made-up exchange rates of the last year up to today (UTC), as far as they are missing. Days that have a rate of
 * another source keep it. From then on planning a batch adds each new day.
 * @returns how many rows were added or shortened.
 */
export async function seedSampleRates(client: Client): Promise<number> {
  return inTransaction(client, async () => {
    const { first, last } = await sampledDays(client);
    await client.query('set constraints exchange_rates_validity_excl deferred');
    const { rowCount } = await client.query(mergeSamples, [sampleBase, JSON.stringify(sampleRates(first, last))]);
    await client.query('update warehouse_state set sample_rates_until = $1', [last]);
    return rowCount ?? 0;
  });
}

/** From a year ago, or from the newest sample where that is older (its end has to be drawn in), to today. */
async function sampledDays(client: Client): Promise<{ readonly first: string; readonly last: string }> {
  const { rows } = await client.query<{ first: string; last: string }>(`
    select
      least(max(valid_from), today - 365)::text as first,
      today::text as last
    from (select (now() at time zone 'utc')::date as today) clock
    left join exchange_rates on source = 'sample' and superseded_by is null and valid_from <= today
    group by today`);
  const [row] = rows;
  if (row === undefined) throw new Error('the database has no clock');
  return row;
}

const mergeSamples = `
merge into exchange_rates existing
using (
  select sample.*
  from jsonb_to_recordset($2::jsonb) as sample (quote text, rate numeric, "validFrom" date, "validTo" date)
  where not exists (
    select
    from exchange_rates other
    where other.base = $1
      and other.quote = sample.quote
      and other.superseded_by is null
      and other.source <> 'sample'
      and daterange(other.valid_from, other.valid_to) && daterange(sample."validFrom", sample."validTo")
  )
) sample
on existing.base = $1
  and existing.quote = sample.quote
  and existing.valid_from = sample."validFrom"
  and existing.superseded_by is null
when matched and existing.source = 'sample' and existing.valid_to <> sample."validTo" then
  update set valid_to = sample."validTo"
when not matched then
  insert (base, quote, rate, valid_from, valid_to, source)
  values ($1, sample.quote, sample.rate, sample."validFrom", sample."validTo", 'sample')`;
