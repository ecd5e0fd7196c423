import { once } from 'node:events';

import type pg from 'pg';

const closeTimeoutMs = 2000;

/** Disconnects. The server's answer is not waited for: it takes time, and may never come. */
export async function endClient(client: pg.Client): Promise<void> {
  const { stream } = client.connection;
  const late = setTimeout(() => stream.destroy(), closeTimeoutMs);
  const closed = client.end().finally(() => clearTimeout(late));
  // A connection that breaks now has nothing left to send: it counts as closed.
  const sent = once(stream, 'finish').catch(() => closed);
  await Promise.race([sent, closed]);
}
