import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';

import { execa } from 'execa';
import getPort from 'get-port';
import { inject, vi } from 'vitest';
import * as z from 'zod';

import type { Environment } from '../support/programs.ts';

const root = join(import.meta.dirname, '../..');

/** A running Grafana that this repository has provisioned; it ends with its block (`await using`). */
export interface Grafana extends AsyncDisposable {
  readonly version: string;
  /** What it has said so far of warnings and errors, a line each. */
  readonly log: readonly string[];
  /** Asks its HTTP API as the administrator. @throws Error with the answer, unless it is 200. */
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
  /** Asks as nobody. @returns the status. */
  statusFor(path: string, login?: string): Promise<number>;
}

/**
 * Starts Grafana before a warehouse as docker-compose.yaml does, with paths and port of its own.
 * @param settings variables of grafana/start.sh.
 */
export async function startGrafana(warehouseUrl: string, settings: Environment = {}): Promise<Grafana> {
  await using starting = new AsyncDisposableStack();
  const data = await mkdtemp(join(tmpdir(), 'pulse-grafana-'));
  starting.defer(() => rm(data, { recursive: true, force: true }));
  const home = inject('grafanaHome');
  const port = await getPort({ host: '127.0.0.1' });
  const log: string[] = [];
  const start = [join(root, 'grafana/start.sh'), join(data, 'pulse')];
  const server = execa('sh', [...start, join(home, 'bin/grafana'), 'server', `--homepath=${home}`], {
    env: {
      PATH: env['PATH'],
      ...(await composeEnvironment()),
      ...warehouseOf(warehouseUrl),
      ...settings,
      GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: join(root, 'grafana/dashboards/sales-pulse.json'),
      GF_PATHS_DATA: data,
      GF_PATHS_LOGS: join(data, 'logs'),
      GF_LOG_MODE: 'console',
      GF_SERVER_HTTP_ADDR: '127.0.0.1',
      GF_SERVER_HTTP_PORT: String(port),
    },
    extendEnv: false,
    cwd: data,
    stdin: 'ignore',
    all: true,
    buffer: false,
    reject: false,
  });
  starting.defer(async () => {
    server.kill('SIGTERM');
    await server;
  });
  void collect(server.iterable({ from: 'all' }), log);
  const url = `http://127.0.0.1:${port}`;
  const { version } = await Promise.race([
    vi.waitFor(() => health(url), { timeout: 120_000, interval: 250 }),
    server.then(({ exitCode }) => {
      throw new Error(`Grafana ended with ${exitCode}:\n${log.join('\n')}`);
    }),
  ]);
  const started = starting.move();
  return {
    version,
    log,
    get: (path) => ask(url, path),
    post: (path, body) => ask(url, path, { method: 'POST', body: JSON.stringify(body) }),
    statusFor: async (path, login) => (await fetch(`${url}${path}`, { headers: headersOf(login) })).status,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** The variables of the service `grafana`, as they are where `.env` changes none. */
async function composeEnvironment(): Promise<Environment> {
  const text = await readFile(join(root, 'docker-compose.yaml'), 'utf8');
  const [, service = ''] = /\n {2}grafana:\n((?: {4}.*\n|\n)+)/.exec(text) ?? [];
  const variables = [...service.matchAll(/^ {6}(GF_\w+): (.+)$/gm)].map(([, name = '', value = '']) => [
    name,
    value.replace(/^"(.*)"$/, '$1').replace(/^\$\{\w+:-(.*)\}$/, '$1'),
  ]);
  return Object.fromEntries(variables);
}

function warehouseOf(url: string): Environment {
  const { hostname, port, pathname } = new URL(url);
  const { reader } = inject('warehouseTemplate').roles;
  return {
    WAREHOUSE_DB_HOST: hostname,
    WAREHOUSE_DB_PORT: port,
    WAREHOUSE_DB_NAME: pathname.slice(1),
    WAREHOUSE_READER_USER: reader.name,
    WAREHOUSE_READER_PASSWORD: reader.password,
  };
}

async function collect(lines: AsyncIterable<string>, log: string[]): Promise<void> {
  for await (const line of lines) log.push(line);
}

const healthy = z.object({ database: z.literal('ok'), version: z.string() });

async function health(url: string): Promise<z.output<typeof healthy>> {
  return healthy.parse(await (await fetch(`${url}/api/health`)).json());
}

/** As docker-compose.yaml has it for development. */
const administrator = 'admin:admin';

function headersOf(login: string | undefined): Record<string, string> {
  return login === undefined ? {} : { Authorization: `Basic ${Buffer.from(login).toString('base64')}` };
}

async function ask(url: string, path: string, options: { method?: string; body?: string } = {}): Promise<unknown> {
  const headers = { ...headersOf(administrator), 'Content-Type': 'application/json' };
  const response = await fetch(`${url}${path}`, { ...options, headers });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path} answers ${response.status}: ${text}`);
  return JSON.parse(text);
}
