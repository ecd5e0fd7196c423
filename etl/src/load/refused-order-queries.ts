import { copyRowsOf, firstTextOf } from '../copy-format/copy-binary.ts';
import { blockBytes } from '../staging/staged-file.ts';
import type { Warehouse } from '../warehouse/connection.ts';
import { copyRows, RefusedCopyError, type CopySource } from '../warehouse/copy-rows.ts';
import { limitTransaction, type LoadLimits } from './load-session-queries.ts';
import { lockState } from '../warehouse/positions.ts';
import { errorMessageOf } from '../failures/error-chain.ts';

/** More than these are no odd rows: something is wrong with all of them. */
const refusedMax = 1000;

/** Tables whose rows begin with the order's id, and are staged in COPY's binary format. */
const tablesOfOrders: ReadonlySet<string> = new Set(['transactions', 'fraud_alerts']);

/**
 * Finds the rows that the database refuses, one by one: it halves what is refused, under savepoints, keeping what is
 * accepted, and rolls all of it back in the end.
 * @returns PostgreSQL's message by order id.
 * @throws Error when there are too many of them.
 */
export async function findRefusedOrders(
  warehouse: Warehouse,
  sources: readonly CopySource[],
  limits: LoadLimits,
): Promise<Map<string, string>> {
  const { client } = warehouse;
  const refused = new Map<string, string>();
  await client.query('begin');
  try {
    await limitTransaction(warehouse, limits);
    await lockState(warehouse.db, limits.lockTimeoutMs);
    // Refusals that would only show at the commit show at each COPY.
    await client.query('set constraints all immediate');
    for (const source of sources.filter(({ table }) => tablesOfOrders.has(table))) {
      await halve(warehouse, source, [...copyRowsOf(source.blocks())], refused);
    }
    return refused;
  } finally {
    await client.query('rollback');
  }
}

async function halve(
  warehouse: Warehouse,
  source: CopySource,
  rows: readonly Buffer[],
  refused: Map<string, string>,
): Promise<void> {
  const message = await refusalOf(warehouse, source, rows);
  if (message === undefined) return;
  const [only] = rows;
  if (rows.length === 1 && only !== undefined) {
    refused.set(firstTextOf(only), message);
    if (refused.size > refusedMax) throw new Error(`PostgreSQL refuses more than ${refusedMax} rows, as: ${message}`);
    return;
  }
  const middle = Math.ceil(rows.length / 2);
  await halve(warehouse, source, rows.slice(0, middle), refused);
  await halve(warehouse, source, rows.slice(middle), refused);
}

/** Why the database refuses these rows together; undefined where it takes them, and they stay for those that follow. */
async function refusalOf(
  { client }: Warehouse,
  source: CopySource,
  rows: readonly Buffer[],
): Promise<string | undefined> {
  if (rows.length === 0) return undefined;
  await client.query('savepoint half');
  try {
    await copyRows(client, source, inBlocks(rows));
    await client.query('release savepoint half');
    return undefined;
  } catch (error) {
    if (!(error instanceof RefusedCopyError)) throw error;
    await client.query('rollback to savepoint half');
    return errorMessageOf(error.cause);
  }
}

/** Pieces put together to blocks: a message for each row would take long, and one for all of them may be too large. */
function* inBlocks(pieces: readonly Buffer[]): Generator<Buffer, void> {
  let block: Buffer[] = [];
  let sizeBytes = 0;
  for (const piece of pieces) {
    block.push(piece);
    sizeBytes += piece.length;
    if (sizeBytes < blockBytes) continue;
    yield Buffer.concat(block);
    block = [];
    sizeBytes = 0;
  }
  yield Buffer.concat(block);
}
