import { expect, test } from 'vitest';

import { storeSchedule } from '../../../migrations/src/store-schedule.ts';
import { readRules } from '../../../grafana/src/alerts/read-rules.ts';
import { readDashboard } from '../../../grafana/src/read-dashboard.ts';
import { letTimePass, salesOf } from '../../support/alert-causes.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { evaluateRule } from './evaluate-rule.ts';
import { PanelReader, type View } from './panel-reader.ts';
import { insertBatch } from './sales.ts';
import { openReader } from './sold.ts';

const rules = await readRules();
const health = await readDashboard('pipeline-health');

/** A pipeline whose batches are due every given number of seconds, with Grafana's view of it. */
async function openScheduled(seconds: number) {
  await using opening = new AsyncDisposableStack();
  const pipeline = opening.use(await openPipeline());
  await storeSchedule(pipeline.client, seconds);
  const { client } = opening.use(await openReader(pipeline));
  const opened = opening.move();
  return {
    pipeline,
    panels: new PanelReader(health, client),
    firing: async (): Promise<string[]> => {
      const names = [];
      for (const rule of rules) if ((await evaluateRule(rule, client)).isFiring) names.push(rule.uid);
      return names;
    },
    summary: async (uid: string): Promise<string | undefined> => {
      const rule = rules.find((one) => one.uid === uid);
      return rule && (await evaluateRule(rule, client)).summary;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Batches with sales, each loaded moments after it was due; the next one is due in a second. */
async function runOnTime(pipeline: Pipeline, seconds: number, count: number): Promise<void> {
  for (let batch = 1; batch <= count; batch += 1) {
    await pipeline.publish(salesOf(150, 0));
    await pipeline.batch(['run', '--batch', `on-time-${batch}`]);
    await letTimePass(pipeline, `${seconds - 1} seconds`);
  }
}

function lastHours(hours: number): View {
  return { from: new Date(Date.now() - hours * 3_600_000), to: new Date(), intervalMs: 60_000 };
}

test.each([30, 120, 1800])('with a batch every %d s no rule fires while all is well', async (seconds) => {
  await using scheduled = await openScheduled(seconds);
  await runOnTime(scheduled.pipeline, seconds, 4);
  expect(await scheduled.firing()).toEqual([]);
  const [age] = await scheduled.panels.rows('Since the last load', lastHours(3));
  expect(age?.['metric']).toBe('in time');
  const [sale] = await scheduled.panels.rows('Age of the newest sale', lastHours(3));
  expect(sale?.['metric']).toBe('in time');
  expect(await scheduled.panels.rows('Fresh', lastHours(3))).toEqual([{ Fresh: 1 }]);
  const levels = await scheduled.panels.rows('Service levels', lastHours(3));
  expect(levels[0]).toMatchObject({ Kept: 1 });
  const partitions = await scheduled.panels.rows('Lag by partition', lastHours(3));
  expect(partitions.map(({ State }) => State)).toEqual(['current', 'current', 'current']);
});

test.each([
  [
    30,
    '95 seconds',
    /^No batch was loaded for 1m 3\ds; one is due every 30 s\. Look at the runs of etl_pipeline in Airflow\.$/,
  ],
  [
    120,
    '365 seconds',
    /^No batch was loaded for 6m \d+s; one is due every 120 s\. Look at the runs of etl_pipeline in Airflow\.$/,
  ],
])('with a batch every %d s the rule for missing batches fires after three that did not come', async (...row) => {
  const [seconds, silence, summary] = row;
  await using scheduled = await openScheduled(seconds);
  await scheduled.pipeline.batch(['run', '--batch', 'last']);
  await letTimePass(scheduled.pipeline, `${seconds * 3 - 5} seconds`);
  expect(await scheduled.firing()).toEqual([]);
  await letTimePass(scheduled.pipeline, `${Number.parseInt(silence, 10) - (seconds * 3 - 5)} seconds`);
  expect(await scheduled.firing()).toEqual(['no-batch']);
  expect(await scheduled.summary('no-batch')).toMatch(summary);
  const [age] = await scheduled.panels.rows('Since the last load', lastHours(1));
  expect(age?.['metric']).toBe('overdue');
  const partitions = await scheduled.panels.rows('Lag by partition', lastHours(1));
  expect(new Set(partitions.map(({ State }) => State))).toEqual(new Set(['outdated']));
});

test('the colour of an age is late between two periods and three', async () => {
  await using scheduled = await openScheduled(120);
  await scheduled.pipeline.batch(['run', '--batch', 'last']);
  await letTimePass(scheduled.pipeline, '250 seconds');
  const [age] = await scheduled.panels.rows('Since the last load', lastHours(1));
  expect(age?.['metric']).toBe('late');
});

test('a replay, which reads nothing from Kafka, does not hide that no batch comes', async () => {
  await using scheduled = await openScheduled(30);
  await scheduled.pipeline.batch(['run', '--batch', 'last']);
  await letTimePass(scheduled.pipeline, '10 minutes');
  await insertReplay(scheduled.pipeline);
  expect(await scheduled.firing()).toContain('no-batch');
});

test('batches are held against the schedule of their own time, not against that of today', async () => {
  await using scheduled = await openScheduled(30);
  const { pipeline, panels } = scheduled;
  const start = Date.now() - 3_600_000;
  for (let minute = 0; minute <= 60; minute += 4) {
    const at = new Date(start + minute * 60_000);
    await insertBatch(pipeline.client, { batchId: `slow-${minute}`, plannedAt: at, loadedAt: at });
  }
  const [wrong] = await panels.rows('Fresh', lastHours(1));
  expect(wrong?.['Fresh']).toBeLessThan(0.5);
  await pipeline.query('update etl_batches set schedule_seconds = 240');
  expect(await panels.rows('Fresh', lastHours(1))).toEqual([{ Fresh: 1 }]);
});

test('a plan notes the schedule that it was made by', async () => {
  await using scheduled = await openScheduled(120);
  await scheduled.pipeline.batch(['run', '--batch', 'first']);
  expect(await scheduled.pipeline.query('select schedule_seconds from etl_batches')).toEqual([
    { schedule_seconds: 120 },
  ]);
});

async function insertReplay(pipeline: Pipeline): Promise<void> {
  await pipeline.query(
    `insert into etl_batches (
       batch_id, kind, state, rule_set_version, planned_at, loaded_at, read_count, loaded_count, duplicate_count,
       rejected_count, code_version
     ) values ('replay-1', 'replay', 'loaded', '1', now(), now(), 0, 0, 0, 0, 'test')`,
  );
}
