import { once } from 'node:events';

import type pg from 'pg';

const closeTimeoutMs = 2000;

/** Says good-bye to the server. Nobody waits for an answer: it takes time, and may never come. */
export async function endClient(client: pg.Client): Promise<void> {
  const { stream } = client.connection;
  const late = setTimeout(() => stream.destroy(), closeTimeoutMs);
  const closed = client.end().finally(() => clearTimeout(late));
  // A connection that breaks now has nothing left to say: it is as good as closed.
  const said = once(stream, 'finish').catch(() => closed);
  await Promise.race([said, closed]);
}
