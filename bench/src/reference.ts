import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

import type { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/** The columns that the original pipeline stores of a transaction. */
const columns = `order_id, amount, currency, tax_amount, total_amount, is_fraud_flagged, customer_id, product_category,
  transaction_timestamp, processed_at, batch_id`;

/** The original pipeline's table with its six indexes, in a separate schema. */
const tableStatements = `
  create schema reference;
  create table reference.transactions (
    id bigserial primary key,
    order_id varchar(36) not null,
    amount numeric(19, 4) not null,
    currency varchar(3) not null,
    tax_amount numeric(19, 4) not null,
    total_amount numeric(19, 4) not null,
    is_fraud_flagged boolean not null,
    customer_id varchar(50) not null,
    product_category varchar(50) not null,
    transaction_timestamp timestamptz not null,
    processed_at timestamptz not null,
    batch_id varchar(250) not null
  );
  create unique index on reference.transactions (order_id);
  create index on reference.transactions (customer_id);
  create index on reference.transactions (transaction_timestamp);
  create index on reference.transactions (is_fraud_flagged);
  create index on reference.transactions (batch_id)`;

/** Makes the table that the reference fills. */
export async function createReferenceTable(client: Client): Promise<void> {
  await client.query(tableStatements);
}

/** Writes the finished rows, in the order in which they were loaded, as COPY text. @returns how many. */
export async function exportFinishedRows(client: Client, file: string): Promise<number> {
  const rows = client.query(copyTo(`copy (select ${columns} from transactions order by ctid) to stdout`));
  await pipeline(rows, createWriteStream(file));
  return rows.rowCount;
}

/** The time of one COPY. */
export interface ReferenceRun {
  readonly wallMs: number;
  /** CPU time of the client. */
  readonly cpuMs: number;
}

/**
 * Copies the finished rows into the empty, indexed table and times only that, with its commit.
 * @throws Error unless the table then has as many rows as expected.
 */
export async function runReference(
  client: Client,
  file: string,
  expectedRows: number,
  signal: AbortSignal,
): Promise<ReferenceRun> {
  await client.query('truncate reference.transactions');
  await client.query('checkpoint');
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  const stream = client.query(copyFrom(`copy reference.transactions (${columns}) from stdin`));
  await pipeline(createReadStream(file, { highWaterMark: chunkBytes }), stream, { signal });
  const wallMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  const { rows } = await client.query<{ count: string }>('select count(*) as count from reference.transactions');
  if (Number(rows[0]?.count) !== expectedRows || stream.rowCount !== expectedRows) {
    throw new Error(`the reference loaded ${rows[0]?.count} rows of ${expectedRows}`);
  }
  await client.query('truncate reference.transactions');
  return { wallMs, cpuMs: (user + system) / 1000 };
}

/** The same size as for the etl command's staged files. */
const chunkBytes = 256 * 1024;
