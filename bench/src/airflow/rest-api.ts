import * as z from 'zod';

import type { AirflowSettings } from './settings.ts';

/** The part of Airflow's REST API v2 that is needed here, for one DAG. */
export interface AirflowApi {
  /** Starts a run. @returns its id. */
  trigger(): Promise<string>;
  run(runId: string): Promise<DagRun>;
  /** How many messages the run's batch has read. */
  messagesRead(runId: string): Promise<number>;
}

const dagRun = z.object({
  dag_run_id: z.string(),
  state: z.string(),
  start_date: z.iso.datetime({ offset: true }).nullable(),
  end_date: z.iso.datetime({ offset: true }).nullable(),
});
export type DagRun = z.output<typeof dagRun>;

const token = z.object({ access_token: z.string() });
const summary = z.object({ value: z.object({ read: z.number() }) });
const requestTimeoutMs = 30_000;

/** Logs in. @throws Error if Airflow does not answer or refuses. */
export async function logIn(settings: AirflowSettings, dagId: string, signal: AbortSignal): Promise<AirflowApi> {
  const { airflowUrl, user, password } = settings;
  const call = async (path: string, headers: Record<string, string>, body?: object): Promise<unknown> => {
    const response = await fetch(`${airflowUrl}${path}`, {
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
    });
    if (response.ok) return response.json();
    throw new Error(`Airflow answers ${response.status} to ${path}: ${await response.text()}`);
  };
  const answer = await call('/auth/token', {}, { username: user, password }).catch((cause: unknown) => {
    throw new Error(`no log-in at ${airflowUrl}: is the stack running (make dev-up)?`, { cause });
  });
  const login = token.parse(answer);
  const headers = { authorization: `Bearer ${login.access_token}` };
  const runs = `/api/v2/dags/${dagId}/dagRuns`;
  const runPath = (runId: string): string => `${runs}/${encodeURIComponent(runId)}`;
  return {
    trigger: async () => dagRun.parse(await call(runs, headers, { logical_date: null })).dag_run_id,
    run: async (runId) => dagRun.parse(await call(runPath(runId), headers)),
    messagesRead: async (runId) => {
      const path = `${runPath(runId)}/taskInstances/load/xcomEntries/return_value?deserialize=true`;
      return summary.parse(await call(path, headers)).value.read;
    },
  };
}
