import { readFile } from 'node:fs/promises';

import * as z from 'zod';

import { rulesFile } from './rules-file.ts';

const sqlModel = z.object({ format: z.literal('table'), rawSql: z.string() });
const thresholdModel = z.object({
  type: z.literal('threshold'),
  expression: z.string(),
  conditions: z.tuple([
    z.object({ evaluator: z.object({ type: z.enum(['gt', 'lt']), params: z.tuple([z.number()]) }) }),
  ]),
});

const rule = z.object({
  uid: z.string(),
  title: z.string(),
  condition: z.string(),
  data: z.array(z.object({ refId: z.string(), datasourceUid: z.string(), model: z.union([sqlModel, thresholdModel]) })),
  for: z.string(),
  noDataState: z.string(),
  labels: z.object({ severity: z.string() }),
  annotations: z.looseObject({ summary: z.string(), description: z.string(), runbook_url: z.string() }),
  dashboardUid: z.string(),
  panelId: z.int(),
});

const file = z.object({
  apiVersion: z.literal(1),
  groups: z.array(z.object({ name: z.string(), folder: z.string(), interval: z.string(), rules: z.array(rule) })),
});

/** What tests look at in a provisioned alert rule. */
export type RuleJson = z.output<typeof rule>;

/** Reads the committed alert rules, as Grafana does. @throws when a part that every rule has is missing or malformed. */
export async function readRules(): Promise<RuleJson[]> {
  const { groups } = file.parse(JSON.parse(await readFile(rulesFile, 'utf8')));
  return groups.flatMap(({ rules }) => rules);
}
