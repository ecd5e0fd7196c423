import { hourRollUp, minuteRollUp, salesDimensions, taxRollUp, type RollUp } from '@pulse/migrations/schema';
import { sql, type SQL } from 'drizzle-orm';

import type { Queryable } from '../../warehouse/connection.ts';
import { inJsonArrays, type DeltaRows } from '../../warehouse/json-rows.ts';

/** The fields of a row of sales that a batch adds: see `MinuteSales`. */
const deltaFields = [
  ...minuteRollUp.key,
  ...minuteRollUp.sums,
  { name: 'tax_date', type: 'date' },
  { name: 'tax_rate', type: 'numeric' },
  { name: 'is_split', type: 'boolean' },
];
const deltas = sql.raw(deltaFields.map(({ name, type }, index) => `(r->>${index})::${type} as ${name}`).join(', '));

const dimensions = namesOf(salesDimensions);
const minuteKey = namesOf(minuteRollUp.key);
const sums = namesOf(minuteRollUp.sums);

/**
 * Adds a batch's sums to the minutes' sums, and what they come to by hour, and by day and rate of the tax, to theirs. Only the
 * few minutes that two local days split are added up first.
 */
export async function mergeSales(db: Queryable, rows: DeltaRows): Promise<void> {
  await inJsonArrays(rows, async (json) =>
    db.execute(sql`
      with deltas as materialized (
        select ${deltas}
        from jsonb_array_elements(${json}) as r
      ), split_minutes as materialized (
        select distinct ${minuteKey}
        from deltas
        where is_split
      ), hours as materialized (
        select date_bin('1 hour', minute, 'epoch') as hour, tax_date, tax_rate, ${dimensions}, ${added(minuteRollUp)}
        from deltas
        group by hour, tax_date, tax_rate, ${dimensions}
      ), minutes as (
        insert into sales_per_minute as known (${minuteKey}, ${sums})
        select ${minuteKey}, ${sums}
        from deltas
        where (${minuteKey}) not in (select * from split_minutes)
        union all
        select ${minuteKey}, ${added(minuteRollUp)}
        from deltas
        where (${minuteKey}) in (select * from split_minutes)
        group by ${minuteKey}
        ${onConflictAdd(minuteRollUp)}
      ), taxes as (
        ${addTo(taxRollUp, 'hours')}
      )
      ${addTo(hourRollUp, 'hours')}`),
  );
}

/** Adds the rows of a table expression, which has the columns of the roll-up, to what the roll-up has. */
export function addTo(rollUp: RollUp, source: string): SQL {
  const key = namesOf(rollUp.key);
  return sql`
    insert into ${sql.raw(rollUp.table)} as known (${key}, ${namesOf(rollUp.sums)})
    select ${key}, ${added(rollUp)}
    from ${sql.raw(source)}
    group by ${key}
    ${onConflictAdd(rollUp)}`;
}

function onConflictAdd(rollUp: RollUp): SQL {
  const assignments = rollUp.sums.map(({ name }) => `${name} = known.${name} + excluded.${name}`);
  return sql`on conflict (${namesOf(rollUp.key)}) do update set ${sql.raw(assignments.join(', '))}`;
}

function added(rollUp: RollUp): SQL {
  return sql.raw(rollUp.sums.map(({ name }) => `sum(${name}) as ${name}`).join(', '));
}

function namesOf(columns: readonly { readonly name: string }[]): SQL {
  return sql.raw(columns.map(({ name }) => name).join(', '));
}

/** Adds a batch's sums to the customers' days. */
export async function mergeCustomerDays(db: Queryable, rows: DeltaRows): Promise<void> {
  await inJsonArrays(rows, async (json) =>
    db.execute(sql`
      insert into customer_days as known
        (day, customer_id, transaction_count, flagged_count, amount_base_sum, last_transaction_at)
      select (r->>0)::date, r->>1, (r->>2)::bigint, (r->>3)::bigint, (r->>4)::numeric, (r->>5)::timestamptz
      from jsonb_array_elements(${json}) as r
      on conflict (day, customer_id) do update set
        transaction_count = known.transaction_count + excluded.transaction_count,
        flagged_count = known.flagged_count + excluded.flagged_count,
        amount_base_sum = known.amount_base_sum + excluded.amount_base_sum,
        last_transaction_at = greatest(known.last_transaction_at, excluded.last_transaction_at)`),
  );
}
