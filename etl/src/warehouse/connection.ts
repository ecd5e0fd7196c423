import type { Logger } from '@pulse/runtime';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';

import type { TemporaryError } from '../failures/errors.ts';
import { retrying } from '../failures/retrying.ts';
import { watchConnection } from './connection-watch.ts';
import { endClient } from './end-client.ts';
import { isTemporaryOfWarehouse } from './warehouse-errors.ts';

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
  /** Why the connection was given up, once it was: all that failed afterwards failed for it. */
  readonly lost: TemporaryError | undefined;
}

/** Either the database or a transaction of it. */
export type Queryable = Pick<
  NodePgDatabase,
  'select' | 'selectDistinctOn' | 'insert' | 'update' | 'delete' | 'execute'
>;

const connectTimeoutMs = 5000;
/** How long a connection may be silent before its server is asked about it; less where the wait is shorter. */
const silenceMaxMs = 10_000;
/** A process that hangs in the middle of a transaction loses its session, and with it its locks. */
const idleInTransactionTimeoutMs = 120_000;

/** A server whose machine is gone is noticed here too, while nothing is on its way to it. */
const keepAliveDelayMs = 15_000;
/** A client whose machine is gone: the server probes it, and ends its session after 30 seconds. */
const deadClientSettings =
  '-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=30000';

/**
 * Connects to the warehouse, waiting for it up to `waitMaxMs`.
 * @throws TemporaryError when it stays away.
 */
export async function connectWarehouse(
  options: WarehouseOptions,
  applicationName: string,
  logger: Logger,
): Promise<Warehouse> {
  const { host, port, database, waitMaxMs } = options;
  const client = await retrying(() => connectedClient(options, applicationName), {
    isTemporary: isTemporaryOfWarehouse,
    what: `connecting to the warehouse ${database} at ${host}:${port}`,
    waitMaxMs,
    onRetry: (error, attempt) => {
      if (attempt === 1) logger.warn({ err: error, host, port, database }, 'waiting for the warehouse');
    },
  });
  client.on('error', (error) => logger.debug({ err: error }, 'connection to the warehouse broke'));
  const watch = watchConnection(client, {
    silenceMaxMs: Math.min(silenceMaxMs, waitMaxMs),
    waitMaxMs,
    connect: async () => connectedClient(options, `${applicationName} watch`, { query_timeout: connectTimeoutMs }),
  });
  return {
    client,
    db: drizzle(client),
    get lost() {
      return watch.lost;
    },
    [Symbol.asyncDispose]: async () => {
      watch[Symbol.dispose]();
      await endClient(client);
    },
  };
}

async function connectedClient(
  options: WarehouseOptions,
  applicationName: string,
  more: pg.ClientConfig = {},
): Promise<pg.Client> {
  const { connectionString, host, port, database, user, password } = options;
  const client = new pg.Client({
    ...(connectionString === undefined ? { host, port, database, user, password } : { connectionString }),
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveDelayMs,
    options: `-c timezone=UTC ${deadClientSettings}`,
    ...more,
  });
  try {
    await client.connect();
    // A connection that breaks while idle: the next query throws.
    client.on('error', () => undefined);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}
