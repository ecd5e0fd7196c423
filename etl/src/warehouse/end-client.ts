import { once } from 'node:events';

import type pg from 'pg';

const closeTimeoutMs = 2000;

/** Says good-bye to the server. Nobody waits for an answer: it takes time, and may never come. */
export async function endClient(client: pg.Client): Promise<void> {
  const { stream } = client.connection;
  const late = setTimeout(() => stream.destroy(), closeTimeoutMs);
  const closed = client.end().finally(() => clearTimeout(late));
  await Promise.race([once(stream, 'finish'), closed]);
}
