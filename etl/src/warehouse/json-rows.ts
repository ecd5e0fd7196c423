import { sql, type SQL } from 'drizzle-orm';

/**
 * Rows of what a batch adds, some at a time: each a line, a JSON array of values in the order of the table's columns, with line
 * ends between them. Good until the next ones are asked for.
 */
export type DeltaRows = Iterable<Buffer>;

/** jsonb's receive function reads its version before the text (src/backend/utils/adt/jsonb.c of PostgreSQL). */
const jsonArrayHead = Buffer.from([1, ...Buffer.from('[')]);
const jsonArrayEnd = ']';

/** Sends rows to the server as JSON arrays of arrays, whose bytes go as they are: jsonb in its binary format. */
export async function inJsonArrays(rows: DeltaRows, send: (json: SQL) => Promise<unknown>): Promise<void> {
  // One memory for all: what was sent is not needed any more.
  let memory = Buffer.alloc(0);
  for (const lines of rows) {
    const length = jsonArrayHead.length + lines.length + jsonArrayEnd.length;
    if (memory.length < length) memory = Buffer.concat([jsonArrayHead], length);
    const array = memory.subarray(0, length);
    lines.copy(array, jsonArrayHead.length);
    array.write(jsonArrayEnd, length - jsonArrayEnd.length);
    // JSON holds no line end of its own: within texts it is escaped.
    for (let at = array.indexOf('\n'); at !== -1; at = array.indexOf('\n', at)) array.write(',', at);
    await send(sql`${array}::jsonb`);
  }
}
