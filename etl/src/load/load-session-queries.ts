import { createHash } from 'node:crypto';

import { TemporaryError } from '../failures/errors.ts';
import type { Warehouse } from '../warehouse/connection.ts';

/** How long a load may wait for the lock and how long it may take, in milliseconds. */
export interface LoadLimits {
  readonly lockTimeoutMs: number;
  readonly loadTimeoutMs: number;
}

const namePrefix = 'etl load ';
const ordinaryName = 'etl';
/** How long a terminated session may take to end. */
const endTimeoutMs = 5000;

/**
 * Marks this session as the one that loads the batch, and ends the sessions of earlier tries: one that hangs in its
 * COPY would hold the lock for ever. A load of another batch is ended when its time is over: within a COPY
 * PostgreSQL waits for its client without looking at any time-out of its own.
 * @returns how many were ended.
 * @throws TemporaryError when one of them goes on all the same.
 */
export async function claimLoad({ client }: Warehouse, batchId: string, loadTimeoutMs: number): Promise<number> {
  const applicationName = loadApplicationName(batchId);
  await setApplicationName({ client }, applicationName);
  const { rows } = await client.query<{ pid: number; is_ended: boolean }>(
    `select pid, pg_terminate_backend(pid, $2) as is_ended
     from pg_stat_activity
     where datname = current_database()
       and pid <> pg_backend_pid()
       and (application_name = $1
         or starts_with(application_name, $3) and xact_start < now() - make_interval(secs => $4))`,
    [applicationName, endTimeoutMs, namePrefix, loadTimeoutMs / 1000],
  );
  const doubtful = rows.filter(({ is_ended: isEnded }) => !isEnded).map(({ pid }) => pid);
  const left = doubtful.length === 0 ? [] : await presentOf({ client }, doubtful);
  if (left.length > 0) {
    throw new TemporaryError(
      `sessions of an earlier load do not end (PostgreSQL's processes ${left.join(', ')}): the next try ends them`,
    );
  }
  return rows.length;
}

/** Which of these sessions are there: one that was about to end by itself can not be ended, and is gone. */
async function presentOf({ client }: Pick<Warehouse, 'client'>, pids: readonly number[]): Promise<number[]> {
  const { rows } = await client.query<{ pid: number }>(
    'select pid from pg_stat_activity where pid = any($1) and datname = current_database()',
    [pids],
  );
  return rows.map(({ pid }) => pid);
}

/** The session goes on as any other: a later load of the same batch has no reason to end it. */
export async function releaseLoad(warehouse: Pick<Warehouse, 'client'>): Promise<void> {
  await setApplicationName(warehouse, ordinaryName);
}

async function setApplicationName({ client }: Pick<Warehouse, 'client'>, name: string): Promise<void> {
  await client.query(`select set_config('application_name', $1, false)`, [name]);
}

/** Bounds the transaction that is open, where PostgreSQL can: transaction_timeout came with 17. */
export async function limitTransaction({ client }: Warehouse, { loadTimeoutMs }: LoadLimits): Promise<void> {
  await client.query(
    `select set_config('transaction_timeout', $1, true)
     from pg_settings
     where name = 'transaction_timeout'`,
    [String(Math.round(loadTimeoutMs))],
  );
}

/** A name that only sessions loading this batch have; PostgreSQL keeps 63 bytes of it. */
function loadApplicationName(batchId: string): string {
  return `${namePrefix}${createHash('sha256').update(batchId).digest('hex').slice(0, 32)}`;
}
