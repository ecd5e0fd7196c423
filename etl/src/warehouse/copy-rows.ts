import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

/**
 * Sends lines in COPY text format into a table, within the transaction that the client has open.
 * @returns how many rows the server took.
 */
export async function copyRows(
  client: pg.Client,
  table: string,
  columns: readonly string[],
  chunks: Iterable<Buffer>,
): Promise<number> {
  const names = columns.map((column) => client.escapeIdentifier(column)).join(', ');
  const stream = client.query(copyFrom(`copy ${client.escapeIdentifier(table)} (${names}) from stdin`));
  await pipeline(Readable.from(chunks), stream);
  return stream.rowCount;
}
