import type pg from 'pg';

const closeTimeoutMs = 2000;

/** Says good-bye to the server, and does not wait for an answer that may never come. */
export async function endClient(client: pg.Client): Promise<void> {
  const late = setTimeout(() => client.connection.stream.destroy(), closeTimeoutMs);
  await client.end();
  clearTimeout(late);
}
