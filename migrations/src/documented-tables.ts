import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';

import { comments } from '../schema/comments.ts';
import * as schema from '../schema/index.ts';

/** A table as people are told of it. */
export interface DocumentedTable {
  readonly name: string;
  readonly comment: string;
  readonly columns: readonly { readonly name: string; readonly comment: string }[];
}

/** Every table and column of the schema under its name in SQL, with its comment, in the order of `comments`. */
export function documentedTables(): readonly DocumentedTable[] {
  const exported = new Map<string, unknown>(Object.entries(schema));
  return Object.entries(comments).map(([key, { table: comment, columns }]) => {
    const table = exported.get(key);
    if (!is(table, PgTable)) throw new Error(`the schema exports no table ${key}`);
    const columnComments = new Map<string, string>(Object.entries(columns));
    return {
      name: getTableName(table),
      comment,
      columns: Object.entries(getTableColumns(table)).map(([property, column]) => ({
        name: column.name,
        comment: columnComments.get(property) ?? '',
      })),
    };
  });
}
