import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

import { copyHeader, copyTrailer } from '../copy-format/copy-binary.ts';
import { StagedFileDamagedError } from '../staging/staged-file.ts';
import { failpoint } from '../failures/failpoint.ts';
import { isRowRefusal } from './warehouse-errors.ts';

/** What rows in one of COPY's formats are for. */
export interface CopyTarget {
  readonly table: string;
  readonly columns: readonly string[];
  readonly format: 'text' | 'binary';
}

/** Rows, and what they are for. */
export interface CopySource extends CopyTarget {
  /** How many rows there are; undefined where they are not counted. */
  readonly count: number | undefined;
  /**
   * Rows, without the header and the trailer of the format. Each block is good until three more were asked for: one is on its
   * way, and one is read ahead.
   */
  readonly blocks: () => Iterable<Buffer>;
}

/** The database refuses a row of a COPY for what it holds. */
export class RefusedCopyError extends Error {
  override readonly name = 'RefusedCopyError';
}

/**
 * Sends all rows of a source into its table, within the transaction that the client has open.
 * @throws RefusedCopyError where a row is refused, with PostgreSQL's error as its cause.
 * @throws StagedFileDamagedError where the server has taken more or fewer rows than there are.
 */
export async function copyAll(client: pg.Client, source: CopySource): Promise<void> {
  const { table, count } = source;
  const taken = await copyRows(client, source, source.blocks());
  if (count === undefined || taken === count) return;
  throw new StagedFileDamagedError(`${taken} rows went into ${table} where ${count} were counted`);
}

/**
 * Sends rows in one of COPY's formats into a table, within the transaction that the client has open.
 * @returns how many rows the server took.
 * @throws RefusedCopyError where a row is refused, with PostgreSQL's error as its cause.
 */
export async function copyRows(
  client: pg.Client,
  { table, columns, format }: CopyTarget,
  blocks: Iterable<Buffer>,
): Promise<number> {
  const names = columns.map((column) => client.escapeIdentifier(column)).join(', ');
  const stream = client.query(
    copyFrom(`copy ${client.escapeIdentifier(table)} (${names}) from stdin (format ${format})`),
  );
  try {
    await pipeline(Readable.from(passing(format === 'binary' ? framed(blocks) : blocks)), stream);
  } catch (error) {
    if (isRowRefusal(error)) throw new RefusedCopyError(`PostgreSQL refuses a row of ${table}`, { cause: error });
    throw error;
  }
  return stream.rowCount;
}

function* framed(rows: Iterable<Buffer>): Generator<Buffer, void> {
  yield copyHeader;
  yield* rows;
  yield copyTrailer;
}

/** Asked for the next block when the last one is on its way. */
function* passing(blocks: Iterable<Buffer>): Generator<Buffer, void> {
  for (const block of blocks) {
    yield block;
    failpoint('mid-copy');
  }
}
