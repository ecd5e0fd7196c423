import {
  customerDayRollUp,
  hourRollUp,
  minuteRollUp,
  taxRollUp,
  transactions,
  type RollUp,
  type RollUpColumn,
} from '@pulse/migrations/schema';
import { getTableColumns, sql, type SQL } from 'drizzle-orm';

import { addTo } from '../streams/transactions/roll-up-queries.ts';
import type { Queryable } from '../warehouse/connection.ts';
import { figureNames } from './change-queries.ts';

/** Adds to the roll-ups what the collected changes come to. */
export async function correctRollUps(db: Queryable): Promise<void> {
  for (const rollUp of [minuteRollUp, hourRollUp, customerDayRollUp]) await correctSums(db, rollUp);
  await moveTaxes(db);
}

/**
 * The changed transactions twice, as rows of `transactions` with a sign: -1 with the figures before, 1 with those after. So the sum
 * of sign times a value is what a roll-up has to gain.
 */
const revisions = sql.raw(`(
  select ${unchangedNames()
    .map((name) => `t.${name}`)
    .join(', ')}, f.*
  from reprocess_changes c
  join transactions t using (order_id)
  cross join lateral (
    values (-1, ${figureNames.map((name) => `c.${name}_before`).join(', ')}), (1, ${figureNames.map((name) => `c.${name}_after`).join(', ')})
  ) as f (sign, ${figureNames.join(', ')})
) as revisions`);

function unchangedNames(): string[] {
  const names = Object.values(getTableColumns(transactions)).map(({ name }) => name);
  return names.filter((name) => !figureNames.includes(name));
}

/** What a roll-up has to gain, row by row. */
function deltasOf({ key, sums }: RollUp): SQL {
  const columns = [
    ...key.map(({ name, sql: value }) => `${value} as ${name}`),
    ...sums.map(({ name, sql: value }) => `sum(sign * (${value})) as ${name}`),
  ];
  return sql`
    select ${sql.raw(columns.join(', '))}
    from ${revisions}
    group by ${sql.raw(key.map((_, index) => index + 1).join(', '))}`;
}

/** For a roll-up that no figure is a key of: its rows stay the same ones. */
async function correctSums(db: Queryable, rollUp: RollUp): Promise<void> {
  const { table, key, sums } = rollUp;
  const assignments = sums.map(({ name }) => `${name} = known.${name} + d.${name}`).join(', ');
  await requireAllRows(
    db,
    table,
    sql`
    with deltas as (${deltasOf(rollUp)}), corrected as (
      update ${sql.raw(table)} known
      set ${sql.raw(assignments)}
      from deltas d
      where (${namesOf('known', key)}) = (${namesOf('d', key)})
      returning 1
    )
    select (select count(*) from deltas)::int as expected, (select count(*) from corrected)::int as corrected`,
  );
}

/** Moves transactions from the rate that they were taxed by to the one that applies now. */
async function moveTaxes(db: Queryable): Promise<void> {
  await db.execute(sql`
    with deltas as (${deltasOf(taxRollUp)})
    ${addTo(taxRollUp, 'deltas')}`);
  await db.execute(sql`delete from tax_per_day where transaction_count = 0`);
}

function namesOf(alias: string, columns: readonly RollUpColumn[]): SQL {
  return sql.raw(columns.map(({ name }) => `${alias}.${name}`).join(', '));
}

/** @throws Error where a roll-up lacks a row of its transactions: it was wrong before, and nothing is changed rather than half of it. */
export async function requireAllRows(db: Queryable, table: string, query: SQL): Promise<void> {
  const { rows } = await db.execute<{ expected: number; corrected: number }>(query);
  const [counts] = rows;
  if (counts?.expected !== counts?.corrected) {
    throw new Error(
      `${table} has ${counts?.corrected} of the ${counts?.expected} rows that its transactions need: see \`etl reconcile\``,
    );
  }
}
