import { createLogger } from '@pulse/runtime';
import { Client } from 'pg';

import { expandQuery, type VariableValue } from '../../../grafana/src/expand-query.ts';
import { readDashboard, type DashboardJson } from '../../../grafana/src/read-dashboard.ts';
import { createScratchWarehouse, type ScratchWarehouse } from '../../../migrations/src/scratch-warehouse.ts';
import { up } from '../../../migrations/src/up.ts';
import type { CpuMeter } from '../measure/server-cpu.ts';
import { deriveTables } from './derive-tables.ts';
import { fillFacts, type Size } from './fill-facts.ts';
import { readPlan, scansOf } from './read-plan.ts';
import { timeQuery, type QueryTiming } from './time-query.ts';
import { views, type View } from './views.ts';

/** One query of a dashboard in one view. */
export interface QueryReport extends QueryTiming {
  readonly dashboard: string;
  readonly panel: string;
  readonly view: string;
  readonly scans: readonly string[];
}

export interface DashboardsRun {
  readonly size: Size;
  /** A superuser's URL of a PostgreSQL. */
  readonly serverUrl: string;
  readonly serverCpu: CpuMeter;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

const uids = ['sales-pulse', 'pipeline-health', 'fraud', 'batch'];

/** Fills a temporary warehouse and runs every query of every dashboard on it, with the role of the dashboards. */
export async function measureDashboards({
  size,
  serverUrl,
  serverCpu,
  signal,
  onProgress,
}: DashboardsRun): Promise<readonly QueryReport[]> {
  await using warehouse = await createScratchWarehouse(serverUrl);
  await fill(warehouse, size, signal, onProgress);
  const login = new URL(warehouse.url);
  login.username = warehouse.roles.reader.name;
  login.password = warehouse.roles.reader.password;
  const reports: QueryReport[] = [];
  await withConnection(login.href, async (reader) => {
    // Otherwise the slowest queries would be cancelled and not measured.
    await reader.query(`set statement_timeout = '5min'`);
    for (const uid of uids) {
      onProgress(`queries of ${uid}`);
      reports.push(...(await timeDashboard(reader, await readDashboard(uid), serverCpu, signal)));
    }
  });
  return reports;
}

async function fill(
  { url, roles }: ScratchWarehouse,
  size: Size,
  signal: AbortSignal,
  onProgress: (line: string) => void,
): Promise<void> {
  await withConnection(url, async (client) => {
    const logger = await createLogger({ name: 'bench', level: 'warn', format: 'pretty' });
    await up({ client, roles, seed: 'none', logger });
    await fillFacts(client, size, signal, onProgress);
    await deriveTables(client, signal, onProgress);
  });
}

async function timeDashboard(
  reader: Client,
  dashboard: DashboardJson,
  serverCpu: CpuMeter,
  signal: AbortSignal,
): Promise<QueryReport[]> {
  const now = new Date();
  const queries = [
    ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ rawSql }) => [title, rawSql] as const)),
    ...dashboard.templating.list
      .filter(({ type }) => type === 'query')
      .map(({ name, query }) => [`variable ${name}`, query] as const),
  ];
  const reports: QueryReport[] = [];
  for (const view of views) {
    for (const [panel, rawSql] of queries) {
      signal.throwIfAborted();
      const timing = await timeQuery(reader, expandQuery(rawSql, contextOf(dashboard, view, now)), serverCpu);
      const scans = scansOf(readPlan(timing.plan));
      reports.push({ dashboard: dashboard.title, panel, view: view.name, scans, ...timing });
    }
  }
  return reports;
}

function contextOf({ templating }: DashboardJson, { spanMs, intervalMs, chosen }: View, now: Date) {
  const variables = new Map(
    templating.list.map((variable): [string, VariableValue] => {
      const values = chosen[variable.name];
      if (values !== undefined) return [variable.name, { kind: 'values', values }];
      if (variable.type === 'query') return [variable.name, { kind: 'all', allValue: variable.allValue ?? '' }];
      return [variable.name, { kind: 'values', values: [variable.query] }];
    }),
  );
  return { from: new Date(now.getTime() - spanMs), to: now, intervalMs, variables };
}

async function withConnection(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
