import { transactions, type ReprocessDifference } from '@pulse/migrations/schema';
import { sql } from 'drizzle-orm';

import type { Queryable, Warehouse } from '../warehouse/connection.ts';
import { copyRows } from '../warehouse/copy-rows.ts';

/** The columns of `transactions` that a reprocess may change. */
const figures = [
  transactions.taxRate,
  transactions.taxJurisdiction,
  transactions.taxAmount,
  transactions.totalAmount,
  transactions.exchangeRate,
  transactions.exchangeCrossRate,
  transactions.exchangeRateDate,
  transactions.amountBase,
  transactions.taxAmountBase,
];
export const figureNames: readonly string[] = figures.map(({ name }) => name);

/** Each figure before and after, as `transaction_revisions` has them. */
export const changedFigureNames: readonly string[] = figureNames.flatMap((name) => [`${name}_before`, `${name}_after`]);

/** Makes the table, of this session alone, that changes are collected in. */
export async function createChangeTable(db: Queryable): Promise<void> {
  const columns = figures.flatMap((figure) => {
    const type = `${figure.getSQLType()}${figure.notNull ? ' not null' : ''}`;
    return [`${figure.name}_before ${type}`, `${figure.name}_after ${type}`];
  });
  await db.execute(sql`drop table if exists pg_temp.reprocess_changes`);
  await db.execute(
    sql.raw(`
      create temporary table reprocess_changes (
        order_id text collate "C" primary key,
        transaction_ms bigint not null,
        amount_minor numeric not null,
        ${columns.join(',\n        ')}
      )`),
  );
}

/**
 * Adds changes: lines in COPY text format, each with the order, the time of the transaction in milliseconds since 1970, its
 * amount in minor units, then each figure before and after.
 */
export async function addChanges({ client }: Warehouse, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  const columns = ['order_id', 'transaction_ms', 'amount_minor', ...changedFigureNames];
  const target = { table: 'reprocess_changes', columns, format: 'text' } as const;
  await copyRows(client, target, [Buffer.from(lines.join(''))]);
}

export async function countChanges(db: Queryable): Promise<number> {
  const { rows } = await db.execute<{ count: number }>(sql`select count(*)::int as count from reprocess_changes`);
  return rows[0]?.count ?? 0;
}

/** The sums of the collected changes, by currency. */
export async function readDifferences(db: Queryable): Promise<ReprocessDifference[]> {
  const { rows } = await db.execute<ReprocessDifference & Record<string, unknown>>(sql`
    select t.currency, count(*)::int as "revisedCount",
      trim_scale(sum(c.tax_amount_after - c.tax_amount_before))::text as "taxDifference",
      trim_scale(sum(c.amount_base_after - c.amount_base_before))::text as "amountBaseDifference",
      trim_scale(sum(c.tax_amount_base_after - c.tax_amount_base_before))::text as "taxBaseDifference"
    from reprocess_changes c
    join transactions t using (order_id)
    group by t.currency
    order by t.currency`);
  return rows;
}
