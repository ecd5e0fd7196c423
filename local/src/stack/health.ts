import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';

import * as z from 'zod';

import { tailOf } from '../process/service.ts';
import type { Settings } from '../setup/settings.ts';
import type { Finding } from './silence.ts';
import type { Supervisor } from './supervisor.ts';

/** A failure that waiting does not repair. */
export class UnrecoverableError extends Error {
  override readonly name = 'UnrecoverableError';
}

/**
 * Waits until a probe of one supervised program succeeds.
 * @throws Error with the end of the program's log if Supervisor gave up on it or it is not healthy in time.
 */
export async function waitUntilHealthy(
  settings: Settings,
  supervisor: Supervisor,
  name: string,
  probe: () => Promise<unknown>,
  timeoutMs = 120_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return void (await probe());
    } catch (cause) {
      if (cause instanceof UnrecoverableError) throw cause;
      const gaveUp = attempt % stateEvery === 0 && (await supervisor.states()).get(name) === 'FATAL';
      if (gaveUp || Date.now() > deadline) {
        const logFile = join(settings.folders.logs, `${name}.log`);
        const what = gaveUp ? 'keeps ending' : `is not healthy after ${timeoutMs / 1000} s`;
        throw new Error(`${name} ${what}. The end of ${logFile}:\n${await tailOf(logFile)}`, { cause });
      }
    }
    await delay(200);
  }
}

/** Supervisor is asked on every tenth probe whether it gave up on the program. */
const stateEvery = 10;

const component = z.object({ status: z.literal('healthy') });
const airflowHealth = z.object({ metadatabase: component, scheduler: component, dag_processor: component });

/** @throws Error unless the API server answers and its scheduler and DAG processor have a recent heartbeat. */
export async function airflowAnswers(port: number): Promise<void> {
  const url = `http://127.0.0.1:${port}/api/v2/monitor/health`;
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  airflowHealth.parse(await response.json());
}

/** @throws Error unless the API server answers; other components do not matter. */
export async function airflowVersionAnswers(port: number): Promise<void> {
  const url = `http://127.0.0.1:${port}/api/v2/version`;
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) throw new Error(`Airflow answers ${response.status}`);
  await response.text();
}

const status = z.object({ status: z.string().nullable() });
const everyHealth = z.object({ metadatabase: status, scheduler: status, dag_processor: status });

/**
 * What Airflow's API server reports about a component's heartbeat: unknown while the server does not answer or can not reach
 * its database.
 */
export async function componentFinding(port: number, name: 'scheduler' | 'dag_processor'): Promise<Finding> {
  const url = `http://127.0.0.1:${port}/api/v2/monitor/health`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    const health = everyHealth.parse(await response.json());
    if (health.metadatabase.status !== 'healthy') return 'unknown';
    return health[name].status === 'healthy' ? 'answers' : 'silent';
  } catch {
    return 'unknown';
  }
}

/** @throws Error unless Grafana answers. */
export async function grafanaAnswers(port: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/api/health`, { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) throw new Error(`Grafana answers ${response.status}`);
}
