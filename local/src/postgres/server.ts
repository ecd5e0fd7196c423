import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import getPort from 'get-port';
import { Client } from 'pg';

import { createTemporaryFolder } from '../process/private-folder.ts';
import { Service } from '../process/service.ts';
import { serverAccount } from './account.ts';
import { initialiseCluster, type PostgresCluster } from './initialise.ts';

export interface PostgresOptions {
  /** A free one by default. */
  readonly port?: number | undefined;
  /** The folder for its data, made if missing. Without one the data are temporary. */
  readonly folder?: string | undefined;
  /** The superuser and its password, used when the data are first made. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Made if missing; the default of `url`. */
  readonly database?: string | undefined;
  /** Settings of postgresql.conf, such as `{ fsync: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  readonly startTimeoutMs?: number | undefined;
}

/** PostgreSQL's terms: smart waits for clients, fast rolls back, immediate crashes. */
export type ShutdownMode = 'smart' | 'fast' | 'immediate';

/** A running PostgreSQL on 127.0.0.1. It ends with this process at the latest. */
export interface PostgresServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly folder: string;
  readonly logFile: string;
  /** The postmaster's process id. */
  readonly pid: number;
  readonly running: boolean;
  /** A connection string, by default to the database of the options. */
  url(database?: string): string;
  /** Signals the postmaster; waits for its end unless the signal is SIGSTOP or SIGCONT. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Ends it (fast by default) and removes temporary data. */
  stop(options?: { mode?: ShutdownMode }): Promise<void>;
  /** Ends it if it still runs, and starts it with the same data and port. */
  restart(options?: { mode?: ShutdownMode }): Promise<void>;
}

const signals = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/**
 * Starts a real PostgreSQL 17 and waits until it answers.
 * @throws Error with the end of its log when it does not.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const { user = 'postgres', password = 'postgres', database = 'postgres', startTimeoutMs = 30_000 } = options;
  const isTemporary = options.folder === undefined;
  const folder = options.folder ?? (await createTemporaryFolder('postgres', await serverAccount()));
  const port = options.port ?? (await getPort({ host: '127.0.0.1' }));
  const data = isTemporary ? join(folder, 'data') : folder;
  const url = (name = database): string =>
    `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(name)}`;
  const logFile = isTemporary ? join(folder, 'postgres.log') : `${folder}.log`;
  const cluster = await initialiseCluster(data, { user, password });

  const launch = async (): Promise<Service> => {
    const service = await Service.start({
      ...serverCommand(cluster, port, options.settings ?? {}),
      logFile,
      removeFolder: isTemporary ? folder : undefined,
    });
    await service
      .waitUntilReady(() => answers(url('postgres'), data), startTimeoutMs)
      .catch(async (error: unknown) => {
        await service.kill('SIGQUIT');
        throw error;
      });
    return service;
  };

  const clean = async (): Promise<void> => {
    if (isTemporary) await rm(folder, { recursive: true, force: true });
  };
  let service = await launch().catch(async (error: unknown) => {
    await clean();
    throw error;
  });
  const stop = async ({ mode = 'fast' }: { mode?: ShutdownMode } = {}): Promise<void> => {
    await service.kill(signals[mode]);
    await clean();
  };
  await ensureDatabase(url('postgres'), database);
  return {
    host: '127.0.0.1',
    port,
    user,
    password,
    database,
    folder: data,
    logFile,
    get pid() {
      return service.pid;
    },
    get running() {
      return service.running;
    },
    url,
    kill: (signal) => service.kill(signal),
    stop,
    async restart({ mode = 'fast' } = {}) {
      await service.kill(signals[mode]);
      service = await launchBesideOrphans(launch);
    },
    [Symbol.asyncDispose]: () => stop(),
  };
}

const orphansEndMs = 10_000;

/** Starts a server again. After a SIGKILL its old processes may hold the shared memory for a moment longer. */
async function launchBesideOrphans(launch: () => Promise<Service>): Promise<Service> {
  const deadline = Date.now() + orphansEndMs;
  for (;;) {
    try {
      return await launch();
    } catch (error) {
      const isHeld = error instanceof Error && error.message.includes('pre-existing shared memory block');
      if (!isHeld || Date.now() > deadline) throw error;
    }
  }
}

/** The command line of one server: TCP on 127.0.0.1 only, times in UTC. */
export function serverCommand(cluster: PostgresCluster, port: number, settings: Readonly<Record<string, string>>) {
  const all = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...settings,
  };
  return {
    name: 'PostgreSQL',
    command: cluster.program,
    args: ['-D', cluster.folder, ...Object.entries(all).map(([name, value]) => `--${name}=${value}`)],
    folder: cluster.folder,
    account: cluster.account && { uid: cluster.account.uid, gid: cluster.account.gid },
    lastSignal: 'SIGQUIT',
  } as const;
}

/** Makes the database if it is missing. */
export async function ensureDatabase(adminUrl: string, name: string, owner?: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const found = await client.query('select from pg_database where datname = $1', [name]);
    if (found.rowCount !== 0) return;
    const ownedBy = owner === undefined ? '' : ` owner ${client.escapeIdentifier(owner)}`;
    await client.query(`create database ${client.escapeIdentifier(name)}${ownedBy}`);
  });
}

/** Opens a connection, passes it to `use` and closes it. */
export async function withClient<Result>(url: string, use: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // If the server stops while the connection is idle, the next query or the end reports it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** @throws Error unless the server at the address uses this data folder. */
async function answers(url: string, folder: string): Promise<void> {
  const shown = await withClient(url, (client) => client.query<{ data_directory: string }>('show data_directory'));
  const other = shown.rows[0]?.data_directory;
  if (other !== folder) throw new Error(`another server, with the data in ${other}, uses this port`);
}
