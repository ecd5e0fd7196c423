import Table from 'cli-table3';

import type { TargetResult } from '../report/targets.ts';
import type { QueryReport } from './measure-dashboards.ts';
import { views } from './views.ts';

/** The limit of Sales Pulse, the most used dashboard. */
const limitMs = 200;
const checkedDashboard = 'Sales Pulse';

const head = ['panel', ...views.map(({ name }) => `${name}, ms`), 'how it reads'];

/** A table for each dashboard: the time of each query in each view, and how the slowest view reads its tables. */
export function showDashboards(reports: readonly QueryReport[]): string {
  return [...new Set(reports.map(({ dashboard }) => dashboard))]
    .map((dashboard) => `${dashboard}\n${tableOf(reports.filter((report) => report.dashboard === dashboard))}`)
    .join('\n\n');
}

function tableOf(reports: readonly QueryReport[]): string {
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const panel of new Set(reports.map((report) => report.panel))) {
    const rows = reports.filter((report) => report.panel === panel);
    const times = views.map(({ name }) => inMs(rows.find(({ view }) => view === name)));
    table.push([panel, ...times, slowestOf(rows)?.scans.join('\n') ?? '']);
  }
  return table.toString();
}

/** Compares Sales Pulse with its limit in each view. */
export function checkDashboardTargets(reports: readonly QueryReport[]): readonly TargetResult[] {
  return views.flatMap(({ name }) => {
    const slowest = slowestOf(reports.filter(({ dashboard, view }) => dashboard === checkedDashboard && view === name));
    if (slowest === undefined) return [];
    const ms = durationMs(slowest);
    return [
      {
        target: `every query of ${checkedDashboard} over ${name} in < ${limitMs} ms`,
        measured: `${slowest.panel} ${ms.toFixed(0)} ms`,
        isMet: ms < limitMs,
      },
    ];
  });
}

function slowestOf(reports: readonly QueryReport[]): QueryReport | undefined {
  return reports.toSorted((a, b) => durationMs(b) - durationMs(a))[0];
}

/**
 * The fastest round, or the server's CPU time if that is less: on a busy machine wall time includes other programs. After
 * the first run all data are in memory, so there is nothing else to wait for.
 */
function durationMs({ wallMs, cpuMs }: QueryReport): number {
  return Math.min(wallMs.min, cpuMs ?? wallMs.min);
}

function inMs(report: QueryReport | undefined): string {
  return report === undefined ? '' : durationMs(report).toFixed(0);
}
