import { readFile } from 'node:fs/promises';

import * as z from 'zod';

import { dashboardsFolder } from './dashboards-folder.ts';

const target = z.object({
  refId: z.string(),
  datasource: z.object({ type: z.string(), uid: z.string() }),
  format: z.enum(['table', 'time_series']),
  rawSql: z.string(),
});

const panel = z.object({
  id: z.int().positive(),
  type: z.string(),
  title: z.string(),
  description: z.string(),
  datasource: z.object({ type: z.string(), uid: z.string() }),
  gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
  interval: z.string().optional(),
  /** Of single figures. */
  options: z.object({ showPercentChange: z.boolean().default(false) }).optional(),
  fieldConfig: z.object({
    defaults: z.object({
      unit: z.string(),
      noValue: z.string().optional(),
      thresholds: z
        .object({ mode: z.string(), steps: z.array(z.object({ value: z.number().nullable(), color: z.string() })) })
        .optional(),
    }),
    overrides: z.array(
      z.object({
        matcher: z.object({ id: z.string(), options: z.string() }),
        properties: z.array(z.object({ id: z.string(), value: z.unknown() })),
      }),
    ),
  }),
  targets: z.array(target),
});

const queryVariable = z.object({
  type: z.literal('query'),
  name: z.string(),
  query: z.string(),
  multi: z.boolean(),
  includeAll: z.boolean(),
  /** Of variables with a choice of all values. */
  allValue: z.string().optional(),
});

/** `query` is its first value. */
const textVariable = z.object({ type: z.literal('textbox'), name: z.string(), query: z.string() });

/** `query` is its value. */
const constant = z.object({ type: z.literal('constant'), name: z.string(), query: z.string() });

const dashboard = z.object({
  uid: z.string(),
  title: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  timezone: z.string(),
  refresh: z.string(),
  editable: z.boolean(),
  links: z.array(
    z.object({ type: z.string(), tags: z.array(z.string()), includeVars: z.boolean(), keepTime: z.boolean() }),
  ),
  templating: z.object({ list: z.array(z.discriminatedUnion('type', [queryVariable, textVariable, constant])) }),
  panels: z.array(panel),
});

/** What tests look at in a dashboard's JSON. */
export type DashboardJson = z.output<typeof dashboard>;
export type PanelJson = z.output<typeof panel>;

/** Reads a committed dashboard, as Grafana does. @throws when a part that every dashboard has is missing or malformed. */
export async function readDashboard(uid: string): Promise<DashboardJson> {
  return dashboard.parse(JSON.parse(await readFile(new URL(`${uid}.json`, dashboardsFolder), 'utf8')));
}
