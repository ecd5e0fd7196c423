import { ConfigError, type Logger } from '@pulse/runtime';
import pRetry from 'p-retry';
import { Client, DatabaseError, type ClientConfig } from 'pg';

import type { MigratorConfig } from './config.ts';
import { describeFailure, isTemporary, UnavailableError } from './failure.ts';

/** An open connection, closed at the end of the block that holds it (`await using`). */
export interface Connection extends AsyncDisposable {
  readonly client: Client;
}

/**
 * Connects to the warehouse as its owner, and waits while it is unavailable, starts or has no database yet.
 * @throws UnavailableError if it is not ready within WAREHOUSE_WAIT_SECONDS.
 * @throws ConfigError if it refuses the user or the password.
 */
export async function connect(config: MigratorConfig, logger: Logger): Promise<Connection> {
  const waitMs = config.WAREHOUSE_WAIT_SECONDS * 1000;
  try {
    return await pRetry(() => open(addressOf(config), logger), {
      retries: Number.POSITIVE_INFINITY,
      maxRetryTime: waitMs,
      minTimeout: 200,
      factor: 1.5,
      maxTimeout: 2000,
      shouldRetry: ({ error }) => isTemporary(error),
      onFailedAttempt: ({ error, attemptNumber }) => {
        if (attemptNumber === 1 && isTemporary(error)) {
          logger.info({ reason: describeFailure(error), waitMs }, 'waiting for the warehouse');
        }
      },
    });
  } catch (error) {
    throw explain(error, config);
  }
}

async function open(address: ClientConfig, logger: Logger): Promise<Connection> {
  const client = new Client({ ...address, application_name: 'migrations', connectionTimeoutMillis: 5000 });
  // A running query fails by itself. Without this listener, a connection that is lost between two queries ends the process.
  client.on('error', (error) => logger.warn({ reason: error.message }, 'connection to the warehouse lost'));
  await client.connect();
  return { client, [Symbol.asyncDispose]: () => client.end() };
}

function addressOf(config: MigratorConfig): ClientConfig {
  if (config.WAREHOUSE_DATABASE_URL !== undefined) return { connectionString: config.WAREHOUSE_DATABASE_URL };
  return {
    host: config.WAREHOUSE_DB_HOST,
    port: config.WAREHOUSE_DB_PORT,
    database: config.WAREHOUSE_DB_NAME,
    user: config.WAREHOUSE_DB_USER,
    password: config.WAREHOUSE_DB_PASSWORD,
  };
}

function explain(error: unknown, config: MigratorConfig): unknown {
  const reason = describeFailure(error);
  if (error instanceof DatabaseError && error.code?.startsWith('28') === true) {
    return new ConfigError(`the warehouse refuses the log-in: ${reason}; see WAREHOUSE_DB_USER and its password`);
  }
  if (!isTemporary(error)) return error;
  const { host, port, database } = new Client(addressOf(config));
  return new UnavailableError(
    `the warehouse (database ${database} on ${host}:${port}) was not ready within ` +
      `${config.WAREHOUSE_WAIT_SECONDS} s (WAREHOUSE_WAIT_SECONDS): ${reason}`,
    { cause: error },
  );
}
