import { readdir } from 'node:fs/promises';

import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import * as z from 'zod';

import { readRules } from '../../grafana/src/alerts/read-rules.ts';
import { folderTitle } from '../../grafana/src/alerts/rule-groups.ts';
import { dashboardsFolder } from '../../grafana/src/dashboards-folder.ts';
import { readDashboard, type DashboardJson, type PanelJson } from '../../grafana/src/read-dashboard.ts';
import { warehouseDatasource } from '../../grafana/src/warehouse-datasource.ts';
import { PanelReader, type View } from '../integration/grafana/panel-reader.ts';
import { openReader, openUsedPipeline } from '../integration/grafana/sold.ts';
import type { Pipeline } from '../support/pipeline.ts';
import type { OpenClient } from '../support/warehouse.ts';
import { answerOf, asComparable, asSeries, choose, movingColumns } from './answers.ts';
import { goWrong } from './go-wrong.ts';
import { startGrafana, type Grafana } from './grafana-server.ts';
import { openWebhook, type Webhook } from './webhook.ts';

const files = await readdir(dashboardsFolder);
const dashboards = await Promise.all(files.map((file) => readDashboard(file.replace('.json', ''))));
const panels = dashboards.flatMap((dashboard) =>
  dashboard.panels.map((panel): [string, string, DashboardJson, PanelJson] => [
    dashboard.title,
    panel.title,
    dashboard,
    panel,
  ]),
);
const rules = await readRules();

const opened = new AsyncDisposableStack();
let pipeline: Pipeline;
let reader: OpenClient;
let webhook: Webhook;
let grafana: Grafana;

beforeAll(async () => {
  pipeline = opened.use(await openUsedPipeline({ partitions: 1 }));
  reader = opened.use(await openReader(pipeline));
  webhook = opened.use(await openWebhook());
  grafana = opened.use(await startGrafana(warehouseUrl(), { ALERT_WEBHOOK_URL: webhook.url, DOCS_URL: docsUrl }));
  process.stderr.write(`Grafana ${grafana.version} of ${inject('grafanaHome')}\n`);
}, 300_000);

afterAll(() => opened.disposeAsync());

const docsUrl = 'https://git.example.com/sales/blob/main';

function warehouseUrl(): string {
  return pipeline.env['WAREHOUSE_DATABASE_URL'] ?? '';
}

test('nobody gets in without logging in, and development logs in as admin', async () => {
  expect(await grafana.statusFor('/api/search')).toBe(401);
  expect(await grafana.statusFor('/api/search', 'admin:wrong')).toBe(401);
  expect(await grafana.statusFor('/api/search', 'admin:admin')).toBe(200);
});

test('the data source reaches the warehouse', async () => {
  expect(await grafana.get(`/api/datasources/uid/${warehouseDatasource.uid}/health`)).toMatchObject({ status: 'OK' });
  expect(await grafana.get(`/api/datasources/uid/${warehouseDatasource.uid}`)).toMatchObject({
    type: warehouseDatasource.type,
    isDefault: true,
    readOnly: true,
  });
});

const found = z.array(z.object({ uid: z.string(), title: z.string(), folderTitle: z.string() }));

test('every dashboard is there, in its folder', async () => {
  const titles = found.parse(await grafana.get('/api/search?type=dash-db'));
  const expected = dashboards.map(({ uid, title }) => ({ uid, title, folderTitle }));
  expect(titles).toHaveLength(expected.length);
  expect(titles).toEqual(expect.arrayContaining(expected.map((one) => expect.objectContaining(one))));
});

test('Sales Pulse is the first page', async () => {
  expect(await grafana.get('/api/dashboards/home')).toMatchObject({ dashboard: { uid: 'sales-pulse' } });
});

const minute = 60_000;

function views(): readonly View[] {
  const now = Date.now();
  const lastDay: View = { from: new Date(now - 1440 * minute), to: new Date(now + minute), intervalMs: minute };
  return [
    lastDay,
    { ...lastDay, from: new Date('2020-01-01'), to: new Date('2020-01-02') },
    { ...lastDay, from: new Date(now - 90 * 1440 * minute), intervalMs: 120 * minute },
    { ...lastDay, chosen: { category: ['books', "children's"], country: ['unknown'], batch: ['batch-2'] } },
    { ...lastDay, chosen: { category: ["'); select pg_sleep(9); --", 'a"b'], customer: ["it's"], batch: ["it's"] } },
  ];
}

test.each(panels)('%s: %s has the figures of the warehouse', async (_, title, dashboard, panel) => {
  const plain = new PanelReader(dashboard, reader.client);
  for (const view of views()) {
    const before = asSeries(await plain.rows(title, view));
    const [target] = panel.targets;
    const answer = await grafana.post('/api/ds/query', {
      from: String(view.from.getTime()),
      to: String(view.to.getTime()),
      queries: [{ ...target, rawSql: choose(dashboard, target?.rawSql ?? '', view), intervalMs: view.intervalMs }],
    });
    const { rows, times } = answerOf(answer);
    const columns = { times, moving: movingColumns(before, asSeries(await plain.rows(title, view))) };
    expect(asComparable(rows, columns)).toEqual(asComparable(before, columns));
  }
});

const ruleStates = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({
            uid: z.string().optional(),
            name: z.string(),
            state: z.string(),
            health: z.string(),
            lastEvaluation: z.string(),
            lastError: z.string().optional(),
            alerts: z.array(z.object({ state: z.string(), annotations: z.record(z.string(), z.string()) })).optional(),
          }),
        ),
      }),
    ),
  }),
});

/** The state of each rule in Grafana's alerting, by its title. */
async function statesOfRules() {
  const { data } = ruleStates.parse(await grafana.get('/api/prometheus/grafana/api/v1/rules'));
  return new Map(data.groups.flatMap((group) => group.rules).map((rule) => [rule.name, rule]));
}

const everyRuleOnce = { timeout: 100_000, interval: 1000 };

test(
  'every alert rule is evaluated without an error, and none fires while all is well',
  { timeout: 120_000 },
  async () => {
    // So that the last load is recent however long the tests before took.
    await pipeline.batch(['run', '--batch', 'well']);
    await vi.waitFor(async () => {
      const states = await statesOfRules();
      const evaluated = [...states.values()].filter(({ lastEvaluation }) => !lastEvaluation.startsWith('0001'));
      expect(evaluated.map(({ name }) => name).toSorted()).toEqual(rules.map(({ title }) => title).toSorted());
    }, everyRuleOnce);
    const states = [...(await statesOfRules()).values()];
    expect(states.filter(({ health }) => health !== 'ok' && health !== 'nodata')).toEqual([]);
    expect(states.filter(({ state }) => state !== 'inactive').map(({ name }) => name)).toEqual([]);
  },
);

/** The summary of each rule when it fires. */
const summaries: Readonly<Record<string, RegExp>> = {
  'no-batch':
    /^No batch was loaded for \dm \d+s; one is due every 30 s\. Look at the runs of etl_pipeline in Airflow\.$/,
  'stale-sales':
    /^The newest loaded sale is \d+m \d+s old\. Check that the producers send, and the lag on Pipeline Health\.$/,
  'integrity-incident': /^1 integrity incidents are open, with 3 lost records\./,
  'reconciliation-failed':
    /^The last reconciliation found [1-9]\d* differences among \d+ transactions\. Run etl reconcile to list them\.$/,
  'reconciliation-overdue':
    /^No reconciliation has ended for 1d 3h \d+m \d+s; one is due every day\. Look at the DAG etl_reconcile in Airflow\.$/,
  'reject-rate':
    /^[\d.]+% of the records of the last 15 minutes were rejected: 2\d\d of \d{3}\. etl rejected list shows the reasons\.$/,
  'fraud-spike':
    /^[\d.]+% of the sales of the last 15 minutes were flagged; [\d.]+% were in the 24 hours before\. The dashboard Fraud shows the rules and customers\.$/,
  'lag-growing':
    /^Batches have left messages in Kafka for 5 minutes: \d+ now, [1-9]\d* more than at first\. Look at the durations of batches on Pipeline Health\.$/,
  'staging-disk':
    /^1\.5GiB are free in the staging area \(ETL_STAGING_DIR\)\. Free space there, or batches will fail\.$/,
};

test('every rule fires when all goes wrong, with the figures in its summary', { timeout: 240_000 }, async () => {
  await goWrong(pipeline);
  const summariesByTitle = await vi.waitFor(async () => {
    const states = [...(await statesOfRules()).values()];
    expect(states.filter(({ state }) => state !== 'firing').map(({ name }) => name)).toEqual([]);
    return new Map(
      states.map(({ name, alerts }) => [
        name,
        alerts?.find(({ state }) => state === 'Alerting')?.annotations['summary'],
      ]),
    );
  }, everyRuleOnce);
  const byUid = Object.fromEntries(rules.map(({ uid, title }) => [uid, summariesByTitle.get(title)]));
  expect(byUid).toEqual(
    Object.fromEntries(rules.map(({ uid }) => [uid, expect.stringMatching(summaries[uid] ?? /^$/)])),
  );
});

test(
  'the webhook gets an alert of every rule, with a link to its section of the runbook',
  { timeout: 120_000 },
  async () => {
    await vi.waitFor(() => {
      const firing = webhook.alerts.filter(({ status }) => status === 'firing');
      expect(new Set(firing.map(({ labels }) => labels['alertname']))).toEqual(
        new Set(rules.map(({ title }) => title)),
      );
    }, everyRuleOnce);
    for (const { annotations } of webhook.alerts) {
      expect(annotations['runbook_url']).toMatch(/^https:\/\/git\.example\.com\/sales\/blob\/main\/docs\/RUNBOOK\.md#/);
    }
  },
);

test('Grafana warns of nothing that this repository provisions', () => {
  const warnings = grafana.log.filter((line) => /level=(warn|error)/.test(line));
  expect(warnings.filter((line) => aboutUs.test(line) && !aboutItself.test(line))).toEqual([]);
});

/** Who in Grafana reads what this repository provisions. */
const aboutUs = /logger=(settings|provisioning|ngalert|tsdb|datasource|query|plugin)/;

/** What Grafana warns of in an installation that was built and not downloaded, or whose user is root. */
const aboutItself = /public\/build|frontend logging|provisioning\.notifiers|unsigned plugin|elevated privileges/;

test('without a webhook it starts as well, and sends no alert', { timeout: 180_000 }, async () => {
  await using alone = await startGrafana(warehouseUrl());
  expect(await alone.get('/api/v1/provisioning/policies')).toMatchObject({
    routes: [{ mute_time_intervals: ['always'] }],
  });
  expect(await grafana.get('/api/v1/provisioning/policies')).toMatchObject({
    routes: [{ mute_time_intervals: ['never'] }],
  });
});
