import { getTableColumns, getTableName } from 'drizzle-orm';
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core';

import { customerDays } from './customer-days.ts';
import { addends } from './sales-columns.ts';
import { salesPerHour } from './sales-per-hour.ts';
import { salesPerMinute } from './sales-per-minute.ts';
import { taxPerDay } from './tax-per-day.ts';
import { transactions } from './transactions.ts';

/**
 * A table of sums over transactions, and how each of its columns is made of a row of `transactions`: whatever fills, checks or
 * corrects a roll-up is made from this.
 */
export interface RollUp {
  readonly table: string;
  /** The columns of the primary key, in its order. */
  readonly key: readonly RollUpColumn[];
  /** The columns that add up: the sums of `sql`. */
  readonly sums: readonly RollUpColumn[];
}

export interface RollUpColumn {
  readonly name: string;
  /** PostgreSQL's type. */
  readonly type: string;
  /** An expression over a row of `transactions`. */
  readonly sql: string;
  /** Whether transactions may lack it: null there, '' here. */
  readonly isOptional: boolean;
}

export const minuteRollUp = rollUp(salesPerMinute, { minute: `date_bin('1 minute', transaction_timestamp, 'epoch')` });
export const hourRollUp = rollUp(salesPerHour, { hour: `date_bin('1 hour', transaction_timestamp, 'epoch')` });
export const taxRollUp = rollUp(taxPerDay);
export const customerDayRollUp = rollUp(customerDays, { day: `(transaction_timestamp at time zone 'UTC')::date` });

/** The dimensions of sales as columns: all of the key but the minute. */
export const salesDimensions: readonly RollUpColumn[] = minuteRollUp.key.slice(1);

/** @param computed - Columns of the key that `transactions` lacks, by name; it has the others under the same name. */
function rollUp(table: PgTable, computed: Readonly<Record<string, string>> = {}): RollUp {
  const keyNames = getTableConfig(table).primaryKeys.flatMap(({ columns }) => columns.map(({ name }) => name));
  const addendOf = new Map(Object.entries(addends));
  return {
    table: getTableName(table),
    key: keyNames.map((name) => keyColumn(columnOf(table, name), computed[name])),
    sums: Object.entries(getTableColumns(table)).flatMap(([property, column]) => {
      const sql = addendOf.get(property);
      return sql === undefined ? [] : [{ name: column.name, type: column.getSQLType(), sql, isOptional: false }];
    }),
  };
}

function keyColumn(column: PgColumn, computed: string | undefined): RollUpColumn {
  const { name } = column;
  const type = column.getSQLType();
  if (computed !== undefined) return { name, type, sql: computed, isOptional: false };
  const isOptional = !columnOf(transactions, name).notNull;
  return { name, type, sql: isOptional ? `coalesce(${name}, '')` : name, isOptional };
}

function columnOf(table: PgTable, name: string): PgColumn {
  const column = Object.values(getTableColumns(table)).find((known) => known.name === name);
  if (column === undefined) throw new Error(`${getTableName(table)} has no column ${name}`);
  return column;
}
