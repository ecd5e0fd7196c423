import * as z from 'zod';

import type { StackAddresses } from './stack-addresses.ts';

/** The pipeline's steps in their order; each is a task of the DAG. */
export const steps = ['extract', 'validate', 'transform', 'load'] as const;

const dag = z.object({ is_paused: z.boolean(), has_import_errors: z.boolean(), doc_md: z.string() });
const tasks = z.object({
  tasks: z.array(z.object({ task_id: z.string(), downstream_task_ids: z.array(z.string()), doc_md: z.string() })),
});
const run = z.object({
  dag_run_id: z.string(),
  run_type: z.string(),
  state: z.enum(['queued', 'running', 'success', 'failed']),
  logical_date: z.coerce.date().nullable(),
  run_after: z.coerce.date(),
  start_date: z.coerce.date().nullable(),
});
const runs = z.object({ dag_runs: z.array(run) });
const taskInstances = z.object({
  task_instances: z.array(z.object({ task_id: z.string(), state: z.string().nullable(), try_number: z.number() })),
});
const log = z.object({ content: z.array(z.looseObject({ event: z.string() })) });
const xcom = z.object({ value: z.unknown() });
const taskReference = z.object({ dag_id: z.string(), task_id: z.string() });
const assets = z.object({
  assets: z.array(
    z.object({ name: z.string(), consuming_tasks: z.array(taskReference), producing_tasks: z.array(taskReference) }),
  ),
});
const token = z.object({ access_token: z.string() });

export type Run = z.output<typeof run>;
export type TaskInstance = z.output<typeof taskInstances>['task_instances'][number];

const requestTimeoutMs = 15_000;

/** Airflow's REST API, as far as it concerns one DAG: `etl_pipeline`, unless another one is asked for. */
export class Airflow {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #dagId: string;

  private constructor(url: string, headers: Readonly<Record<string, string>>, dagId: string) {
    this.#url = url;
    this.#headers = headers;
    this.#dagId = dagId;
  }

  static async logIn({ airflowUrl, airflowUser, airflowPassword }: StackAddresses): Promise<Airflow> {
    const login = { username: airflowUser, password: airflowPassword };
    const answer = await send(`${airflowUrl}/auth/token`, { method: 'POST', headers: json, body: login });
    const headers = { ...json, authorization: `Bearer ${token.parse(answer).access_token}` };
    return new Airflow(`${airflowUrl}/api/v2`, headers, 'etl_pipeline');
  }

  /** The same Airflow, for another DAG. */
  of(dagId: string): Airflow {
    return new Airflow(this.#url, this.#headers, dagId);
  }

  async dag(): Promise<z.output<typeof dag>> {
    return dag.parse(await this.#get('/details'));
  }

  async tasks(): Promise<z.output<typeof tasks>['tasks']> {
    return tasks.parse(await this.#get('/tasks')).tasks;
  }

  /** Scheduled runs that were due after a time, the earliest first. */
  async scheduledRuns(after: Date): Promise<readonly Run[]> {
    const query = new URLSearchParams({
      run_type: 'scheduled',
      run_after_gt: after.toISOString(),
      order_by: 'run_after',
      limit: '100',
    });
    return runs.parse(await this.#get(`/dagRuns?${query.toString()}`)).dag_runs;
  }

  async run(runId: string): Promise<Run> {
    return run.parse(await this.#get(runPath(runId)));
  }

  /** The task instances of a run, in the order of the steps. */
  async taskInstances(runId: string): Promise<readonly TaskInstance[]> {
    const { task_instances: instances } = taskInstances.parse(await this.#get(`${runPath(runId)}/taskInstances`));
    const place = ({ task_id: id }: TaskInstance): number => steps.findIndex((step) => step === id);
    return instances.toSorted((a, b) => place(a) - place(b));
  }

  /** The lines of a task's log that are shown to people. */
  async log(runId: string, task: string, tryNumber = 1): Promise<readonly string[]> {
    const path = `${runPath(runId)}/taskInstances/${task}/logs/${tryNumber}?full_content=true`;
    return log.parse(await this.#get(path)).content.map(({ event }) => event);
  }

  /** What a task has handed to Airflow as its result. */
  async result(runId: string, task: string): Promise<unknown> {
    const path = `${runPath(runId)}/taskInstances/${task}/xcomEntries/return_value?stringify=false`;
    return xcom.parse(await this.#get(path)).value;
  }

  /** Starts a run by hand, with values for its params. */
  async trigger(params: Readonly<Record<string, unknown>> = {}): Promise<Run> {
    return run.parse(await this.#post('/dagRuns', { logical_date: null, conf: params }));
  }

  /** Clears all tasks of a run, so that they run again. */
  async clear(runId: string): Promise<void> {
    const body = { dry_run: false, only_failed: false, reset_dag_runs: true, dag_run_id: runId, task_ids: steps };
    await this.#post('/clearTaskInstances', body);
  }

  async assets(): Promise<z.output<typeof assets>['assets']> {
    const answer = await send(`${this.#url}/assets?limit=100`, { method: 'GET', headers: this.#headers });
    return assets.parse(answer).assets;
  }

  #get(path: string): Promise<unknown> {
    return send(`${this.#url}/dags/${this.#dagId}${path}`, { method: 'GET', headers: this.#headers });
  }

  #post(path: string, body: object): Promise<unknown> {
    return send(`${this.#url}/dags/${this.#dagId}${path}`, { method: 'POST', headers: this.#headers, body });
  }
}

const json = { accept: 'application/json', 'content-type': 'application/json' };

interface Request {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** @throws Error with Airflow's own words unless it answers 2xx. */
async function send(url: string, { method, headers, body }: Request): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers,
    signal: AbortSignal.timeout(requestTimeoutMs),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (response.ok) return await response.json();
  throw new Error(`${method} ${url} answered ${response.status}: ${await response.text()}`);
}

function runPath(runId: string): string {
  return `/dagRuns/${encodeURIComponent(runId)}`;
}
