import type { Client } from 'pg';

import { documentedTables, type DocumentedTable } from './documented-tables.ts';

/** Sets the comment of every table and column, in the caller's transaction. */
export async function applyComments(client: Client): Promise<void> {
  const statements = documentedTables().flatMap((table) => commentStatements(table, client));
  await client.query(statements.join(';\n'));
}

function commentStatements({ name, comment, columns }: DocumentedTable, client: Client): readonly string[] {
  const table = client.escapeIdentifier(name);
  const onColumns = columns.map((column) => {
    const target = `${table}.${client.escapeIdentifier(column.name)}`;
    return `comment on column ${target} is ${client.escapeLiteral(column.comment)}`;
  });
  return [`comment on table ${table} is ${client.escapeLiteral(comment)}`, ...onColumns];
}
