import { errorMessageOf } from '../errors.ts';
import type { Warehouse } from './connection.ts';
import { copyRows, RefusedCopyError, type CopySource } from './copy-rows.ts';
import { limitTransaction, type LoadLimits } from './load-session.ts';
import { lockState } from './positions.ts';

/** More than these are no odd rows: something is wrong with all of them. */
const refusedMax = 1000;

/** Tables whose lines begin with the order's id. */
const tablesOfOrders: ReadonlySet<string> = new Set(['transactions', 'fraud_alerts']);

/**
 * Finds the rows that the database refuses, one by one: it halves what is refused, under savepoints, keeping what is
 * accepted, and rolls all of it back in the end.
 * @returns PostgreSQL's words by order id.
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
      await halve(warehouse, source, linesOf(source), refused);
    }
    return refused;
  } finally {
    await client.query('rollback');
  }
}

async function halve(
  warehouse: Warehouse,
  source: CopySource,
  lines: readonly Buffer[],
  refused: Map<string, string>,
): Promise<void> {
  const words = await refusalOf(warehouse, source, lines);
  if (words === undefined) return;
  const [only] = lines;
  if (lines.length === 1 && only !== undefined) {
    refused.set(orderIdOf(only), words);
    if (refused.size > refusedMax) throw new Error(`PostgreSQL refuses more than ${refusedMax} rows, as: ${words}`);
    return;
  }
  const middle = Math.ceil(lines.length / 2);
  await halve(warehouse, source, lines.slice(0, middle), refused);
  await halve(warehouse, source, lines.slice(middle), refused);
}

/** Why the database refuses these lines together; undefined where it takes them, and they stay for those that follow. */
async function refusalOf(
  { client }: Warehouse,
  source: CopySource,
  lines: readonly Buffer[],
): Promise<string | undefined> {
  if (lines.length === 0) return undefined;
  await client.query('savepoint half');
  try {
    await copyRows(client, source, [Buffer.concat(lines)]);
    await client.query('release savepoint half');
    return undefined;
  } catch (error) {
    if (!(error instanceof RefusedCopyError)) throw error;
    await client.query('rollback to savepoint half');
    return errorMessageOf(error.cause);
  }
}

function linesOf({ chunks }: CopySource): Buffer[] {
  const lines: Buffer[] = [];
  let rest: Buffer = Buffer.alloc(0);
  for (const chunk of chunks()) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, at)) {
      lines.push(bytes.subarray(at, end + 1));
      at = end + 1;
    }
    rest = bytes.subarray(at);
  }
  return lines;
}

const unescapes: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** The first field of a line, as it was before COPY's escapes. */
function orderIdOf(line: Buffer): string {
  const text = line.toString('utf8', 0, line.indexOf(0x09));
  return text.replace(/\\(.)/g, (_, character: string) => unescapes[character] ?? character);
}
