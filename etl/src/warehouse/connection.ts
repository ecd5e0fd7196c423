import type { Logger } from '@pulse/runtime';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';

import { retrying } from '../retrying.ts';

export interface WarehouseOptions {
  /** Wins over the five that follow. */
  readonly connectionString: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly waitMaxMs: number;
}

/** Queries through drizzle, and COPY on the very same connection: both are in one transaction together. */
export interface Warehouse extends AsyncDisposable {
  readonly db: NodePgDatabase;
  readonly client: pg.Client;
}

/** Either the database or a transaction of it. */
export type Queryable = Pick<NodePgDatabase, 'select' | 'insert' | 'update' | 'delete' | 'execute'>;

const connectTimeoutMs = 5000;
/** A process that hangs in the middle of a transaction loses its session, and with it its locks. */
const idleInTransactionTimeoutMs = 120_000;

/** A client whose machine is gone says nothing more: the server asks it, and ends its session after 30 seconds. */
const deadClientSettings =
  '-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=30000';

/** Connects to the warehouse, waiting for it up to `waitMaxMs`. @throws TemporaryError when it stays away. */
export async function connectWarehouse(
  options: WarehouseOptions,
  applicationName: string,
  logger: Logger,
): Promise<Warehouse> {
  const { host, port, database, waitMaxMs } = options;
  const client = await retrying(async () => connectedClient(options, applicationName), {
    what: `connecting to the warehouse ${database} at ${host}:${port}`,
    waitMaxMs,
    onRetry: (error, attempt) => {
      if (attempt === 1) logger.warn({ err: error, host, port, database }, 'waiting for the warehouse');
    },
  });
  // A connection that breaks while nobody waits on it: the next query says so.
  client.on('error', (error) => logger.debug({ err: error }, 'connection to the warehouse broke'));
  return { client, db: drizzle(client), [Symbol.asyncDispose]: async () => client.end() };
}

async function connectedClient(options: WarehouseOptions, applicationName: string): Promise<pg.Client> {
  const { connectionString, host, port, database, user, password } = options;
  const client = new pg.Client({
    ...(connectionString === undefined ? { host, port, database, user, password } : { connectionString }),
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
    keepAlive: true,
    options: `-c timezone=UTC ${deadClientSettings}`,
  });
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}
