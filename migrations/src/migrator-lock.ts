import type { Client } from 'pg';

/** A fixed number, the same for every migrator of a warehouse. */
const lockKey = '7301458219003117';

/** The time that a migrator waits for another one, or for a table in use. */
const lockTimeout = '60s';

/**
 * Does `work` while holding the migrators' advisory lock: a second migrator waits, then finds nothing to do.
 * The lock ends with its connection, so a killed migrator leaves none behind.
 */
export async function holdingMigratorLock<Result>(client: Client, work: () => Promise<Result>): Promise<Result> {
  await client.query(`set lock_timeout = '${lockTimeout}'`);
  await client.query('select pg_advisory_lock($1)', [lockKey]);
  try {
    return await work();
  } finally {
    await client.query('select pg_advisory_unlock($1)', [lockKey]);
    await client.query('reset lock_timeout');
  }
}
