import { once } from 'node:events';
import { join } from 'node:path';

import { DatabaseError } from 'pg';

import { kafkaAnswers } from '../kafka/server.ts';
import { ensureDatabase, withClient } from '../postgres/server.ts';
import { ensureFolder } from '../process/private-folder.ts';
import { install } from '../setup/install.ts';
import { root } from '../setup/paths.ts';
import { StepError, together, type Progress } from '../setup/progress.ts';
import { pythonProgram } from '../setup/python.ts';
import type { Environment, Settings } from '../setup/settings.ts';
import { airflowDatabase, airflowEnvironment, airflowPrograms } from './airflow.ts';
import { writeCommands } from './commands.ts';
import { dashboardsOf, type Dashboards } from './grafana.ts';
import { airflowAnswers, grafanaAnswers, UnrecoverableError, waitUntilHealthy } from './health.ts';
import { baseEnvironment, runOnce } from './one-shot.ts';
import { kafkaProgram, postgresProgram, producerProgram } from './programs.ts';
import { killOrphans } from './orphans.ts';
import { Supervisor, type Program } from './supervisor.ts';
import { watchdogProgram } from './watchdog.ts';

/**
 * Installs, builds and starts the whole stack; returns once all of it is healthy. Does no harm if it runs already.
 * @throws StepError naming the part that failed, or the reason of `interrupted`; what this call has started is stopped.
 */
export async function devUp(settings: Settings, progress: Progress, interrupted: AbortSignal): Promise<void> {
  await install(progress);
  const supervisor = new Supervisor(settings.folders);
  const wasRunning = await supervisor.isRunning();
  if (!wasRunning) await killOrphans(settings.folders.stack);
  try {
    await Promise.race([start(settings, progress, supervisor), rejection(interrupted)]);
  } catch (error) {
    if (!wasRunning) await progress.step('Stopping what was started', () => devDown(settings));
    throw error;
  }
}

/** Stops every process of the stack and keeps its data. */
export async function devDown(settings: Settings): Promise<void> {
  await new Supervisor(settings.folders).shutdown();
  await killOrphans(settings.folders.stack);
}

async function rejection(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw new StepError('Start-up', signal.reason);
}

async function start(settings: Settings, progress: Progress, supervisor: Supervisor): Promise<void> {
  const { folders } = settings;
  for (const folder of [folders.run, folders.logs, folders.staging]) await ensureFolder(folder);
  await writeCommands(settings);
  const environment = await airflowEnvironment(settings);
  const airflow = airflowPrograms(environment);
  const dashboards = await dashboardsOf(settings);
  const [postgres, kafka, producer] = await Promise.all([
    postgresProgram(settings),
    kafkaProgram(settings),
    producerProgram(settings),
  ]);
  const programs: readonly Program[] = [
    postgres,
    kafka,
    ...airflow,
    producer,
    ...(dashboards ? [dashboards.program] : []),
    watchdogProgram(settings),
  ];
  await supervisor.apply(programs, baseEnvironment());

  const starting = { settings, progress, supervisor };
  await together([
    startKafkaPart(starting),
    startWarehousePart(starting).then(() => startAirflowPart(starting, environment, airflow)),
  ]);
  await together([
    progress.step('Producer', () => supervisor.start('producer')),
    ...(dashboards ? [startDashboardsPart(starting, dashboards)] : []),
  ]);
  // Only when everything is healthy, so that it finds nothing to restart.
  await supervisor.start('watchdog');
}

interface Starting {
  readonly settings: Settings;
  readonly progress: Progress;
  readonly supervisor: Supervisor;
}

async function startKafkaPart({ settings, progress, supervisor }: Starting): Promise<void> {
  await progress.step('Kafka broker', async () => {
    await supervisor.start('kafka');
    await waitUntilHealthy(settings, supervisor, 'kafka', () => kafkaAnswers(settings.kafkaServers));
  });
  await progress.step('Kafka topics', () =>
    runProgram(settings, 'topics', [join(root, 'etl', 'dist', 'etl'), 'topics']),
  );
}

async function startWarehousePart({ settings, progress, supervisor }: Starting): Promise<void> {
  await progress.step('PostgreSQL', async () => {
    const url = adminUrl(settings);
    await supervisor.start('postgres');
    await waitUntilHealthy(settings, supervisor, 'postgres', () => logIn(url));
    await ensureDatabase(url, settings.WAREHOUSE_DB_NAME);
    await ensureDatabase(url, airflowDatabase);
  });
}

async function startAirflowPart(
  { settings, progress, supervisor }: Starting,
  environment: Environment,
  programs: readonly Program[],
): Promise<void> {
  await together([
    progress.step('Warehouse tables', () =>
      runProgram(settings, 'migrate', [process.execPath, join(root, 'migrations', 'dist', 'migrate.mjs'), 'up']),
    ),
    progress.step('Airflow database', () =>
      runOnce(settings, {
        name: 'airflow-migrate',
        command: [pythonProgram('venv', 'airflow'), 'db', 'migrate'],
        environment,
        timeoutMs: 300_000,
      }),
    ),
  ]);
  await progress.step('Airflow: web UI, scheduler, DAG processor', async () => {
    await supervisor.start(...programs.map(({ name }) => name));
    const name = 'airflow-apiserver';
    await waitUntilHealthy(settings, supervisor, name, () => airflowAnswers(settings.AIRFLOW_PORT));
  });
}

/** Does not wait for a preview that still has to be built. */
async function startDashboardsPart({ settings, progress, supervisor }: Starting, { kind, isBuilt }: Dashboards) {
  if (!isBuilt) return supervisor.start('grafana');
  await progress.step(kind === 'grafana' ? 'Grafana' : 'Preview of the dashboards', async () => {
    await supervisor.start('grafana');
    await waitUntilHealthy(settings, supervisor, 'grafana', () => grafanaAnswers(settings.GRAFANA_PORT));
  });
}

async function runProgram(settings: Settings, name: string, command: readonly [string, ...string[]]) {
  await runOnce(settings, {
    name,
    command,
    environment: settings.environment,
    timeoutMs: 120_000,
  });
}

async function logIn(url: string): Promise<void> {
  try {
    await withClient(url, (client) => client.query('select 1'));
  } catch (cause) {
    if (!(cause instanceof DatabaseError && cause.code === invalidPassword)) throw cause;
    const remedy = 'the data were made with another password: set that one in .env, or remove the data with make clean';
    throw new UnrecoverableError(`PostgreSQL does not accept WAREHOUSE_DB_USER and WAREHOUSE_DB_PASSWORD: ${remedy}`, {
      cause,
    });
  }
}

const invalidPassword = '28P01';

function adminUrl(settings: Settings): string {
  const user = encodeURIComponent(settings.WAREHOUSE_DB_USER);
  const password = encodeURIComponent(settings.WAREHOUSE_DB_PASSWORD);
  return `postgres://${user}:${password}@127.0.0.1:${settings.WAREHOUSE_DB_PORT}/postgres`;
}
