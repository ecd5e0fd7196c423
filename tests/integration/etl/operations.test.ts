import { mkdir, readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test, vi } from 'vitest';

import { letTimePass } from '../../support/alert-causes.ts';
import { recordOf } from '../../support/kafka.ts';
import { aTransaction } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { runEtl, startEtl } from '../../support/programs.ts';

async function explained(pipeline: Pipeline, orderId: string) {
  const { stdout, exitCode } = await pipeline.etl(['explain', orderId]);
  return { exitCode, answer: stdout === '' ? undefined : JSON.parse(stdout) };
}

test("explain names the record, the batch, Airflow's run, the arithmetic and each rule that fired", async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([
    aTransaction({ order_id: 'plain' }),
    aTransaction({ order_id: 'dear', amount: '250000.00' }),
  ]);
  const run = { AIRFLOW_DAG_ID: 'etl_pipeline', AIRFLOW_RUN_ID: 'scheduled__1' };
  await pipeline.batch(['run', '--batch', 'b-1'], run);
  const [row] = await pipeline.query<Record<string, string>>(`
    select trim_scale(tax_amount)::text as tax, trim_scale(total_amount)::text as total from transactions where order_id = 'dear'`);
  const { answer } = await explained(pipeline, 'dear');
  expect(answer.transaction).toMatchObject({ kafkaPartition: 0, kafkaOffset: '1', batchId: 'b-1' });
  expect(answer.batch).toMatchObject({ airflowDagId: 'etl_pipeline', airflowRunId: 'scheduled__1' });
  expect(answer.figures).toEqual(
    expect.arrayContaining([
      { figure: 'total', value: `${row?.['total']} USD`, arithmetic: `250000 + ${row?.['tax']}` },
    ]),
  );
  expect(answer.alert.reasons.length).toBeGreaterThan(0);
  expect(answer.alert.reasons[0]).toMatchObject({
    rule: expect.any(String),
    observed: expect.any(String),
    threshold: expect.any(String),
  });
});

test('explain sets each rule against its threshold, for a clear order and for a flagged one', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const startMs = Date.now() - 3_600_000;
  const sale = (orderId: string, second: number, amount: string) =>
    aTransaction({
      order_id: orderId,
      customer_id: 'c',
      amount,
      timestamp: new Date(startMs + second * 1000).toISOString(),
      currency: 'USD',
      country: 'US',
    });
  await pipeline.publish([sale('first', 0, '20.00')]);
  await pipeline.batch(['run']);
  await pipeline.publish([sale('second', 20, '21.00'), sale('third', 40, '1500.00'), sale('later', 50, '23.00')]);
  await pipeline.batch(['run']);
  const clear = (await explained(pipeline, 'second')).answer.fraud;
  expect(clear).toMatchObject({ kind: 'recomputed', score: 0, decision: 'clear', isAsStored: true });
  expect(clear.rules).toHaveLength(10);
  expect(clear.rules).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        rule: 'velocity',
        observed: '2 sales in 60 s',
        threshold: '3 sales in 60 s',
        isFound: false,
      }),
      expect.objectContaining({ rule: 'amount_limit', observed: '21.00', threshold: '1000.00', isFound: false }),
      expect.objectContaining({ rule: 'block_list', observed: 'not on the block list', isFound: false }),
    ]),
  );
  const flagged = (await explained(pipeline, 'third')).answer;
  const found = flagged.fraud.rules.filter(({ isFound }: { isFound: boolean }) => isFound);
  expect(found.map(({ rule, observed, threshold }: Record<string, string>) => ({ rule, observed, threshold }))).toEqual(
    flagged.alert.reasons.map(({ rule, observed, threshold }: Record<string, string>) => ({
      rule,
      observed,
      threshold,
    })),
  );
  expect(found.map(({ rule }: { rule: string }) => rule)).toEqual(expect.arrayContaining(['amount_limit', 'velocity']));
  // The original result and the one of the stored sales can differ: the output says so.
  await pipeline.query(`delete from transactions where order_id = 'first'`);
  const { stdout } = await runEtl(['explain', 'third'], { env: pipeline.env });
  expect(stdout).toContain('not as when it was loaded');
  expect(stdout).toContain('3 sales in 60 s');
});

const again = (topic: string, partition: number, offset: number, time: string) =>
  `the same again: ${topic} partition ${partition}, offset ${offset} (epoch 0), in Kafka 2026-11-22 ${time}, a duplicate`;

test('explain of an order that came twice names both records', async () => {
  await using pipeline = await openPipeline({ partitions: 2 });
  const startMs = Date.parse('2026-11-22T12:00:00Z');
  const sale = aTransaction({ order_id: 'twice', timestamp: '2026-11-22T11:59:00Z' });
  const sent = (changes: Partial<typeof sale>, partition: number, seconds: number) =>
    recordOf({ ...sale, ...changes }, { partition, timestampMs: startMs + seconds * 1000 });
  await pipeline.publish([sent({}, 0, 30), sent({}, 1, 10), sent({ amount: '151.00' }, 1, 20)]);
  expect(await pipeline.batch(['run', '--batch', 'b-1'])).toMatchObject({ loaded: 1, duplicates: 1, rejected: 1 });
  await pipeline.publish([sent({}, 1, 40)]);
  expect(await pipeline.batch(['run', '--batch', 'b-2'])).toMatchObject({ duplicates: 1 });
  const { answer } = await explained(pipeline, 'twice');
  expect(answer).toMatchObject({
    transaction: { kafkaPartition: 1, kafkaOffset: '0' },
    duplicates: [
      { topic: pipeline.topic, epoch: 0, partition: 0, offset: '0', batchId: 'b-1' },
      { topic: pipeline.topic, epoch: 0, partition: 1, offset: '2', batchId: 'b-2' },
    ],
    rejects: [{ partition: 1, offset: '1', reasonCode: 'order_id_conflict' }],
  });
  const { stdout } = await runEtl(['explain', 'twice'], { env: pipeline.env });
  expect(stdout).toContain(`record: ${pipeline.topic} partition 1, offset 0 (epoch 0)`);
  expect(stdout).toContain(again(pipeline.topic, 0, 0, '12:00:30'));
  expect(stdout).toContain(again(pipeline.topic, 1, 2, '12:00:40'));
  expect(stdout).toContain('partition 1, offset 1 (epoch 0), in Kafka 2026-11-22 12:00:20, order_id_conflict');
});

test('explain names the record of a duplicate that was replayed from quarantine', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const sale = aTransaction({ order_id: 'replayed' });
  await pipeline.publish([sale]);
  await pipeline.batch(['run'], { ETL_MESSAGE_MAX_BYTES: '10' });
  await pipeline.publish([sale]);
  await pipeline.batch(['run']);
  expect(await pipeline.batch(['rejected', 'replay', '--all'])).toMatchObject({ duplicates: 1 });
  const { answer } = await explained(pipeline, 'replayed');
  expect(answer).toMatchObject({ transaction: { kafkaOffset: '1' }, duplicates: [{ partition: 0, offset: '0' }] });
});

test('explain says why an order was not loaded, and that another one is unknown', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([{ value: '{"order_id":"corrupted","amount":"-1"}' }]);
  await pipeline.batch(['run']);
  const { answer } = await explained(pipeline, 'corrupted');
  expect(answer.transaction).toBeUndefined();
  expect(answer.rejects[0].errors.map(({ reason }: { reason: string }) => reason)).toContain('amount_negative');
  expect(await explained(pipeline, 'nobody')).toEqual({ exitCode: 64, answer: undefined });
});

test('status tells lag, the last half hour, what is in quarantine and the last reconciliation', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([aTransaction(), { value: 'not JSON' }]);
  await pipeline.batch(['run']);
  await pipeline.etl(['reconcile']);
  await pipeline.publish([aTransaction()]);
  const status = JSON.parse((await pipeline.etl(['status'])).stdout);
  expect(status).toMatchObject({
    lag: 1,
    openRejectCount: 1,
    incidents: [],
    lastReconciliation: { differenceCount: 0 },
  });
  expect(status.minutes).toHaveLength(30);
  const total = (key: string): number =>
    status.minutes.reduce((sum: number, minute: Record<string, number>) => sum + (minute[key] ?? 0), 0);
  expect([total('loaded'), total('rejected')]).toEqual([1, 1]);
});

test('status says that no batch came, and what the schedule is; --check ends with 1 then', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.batch(['run']);
  const well = await pipeline.etl(['status', '--check']);
  expect(well.exitCode).toBe(0);
  expect(JSON.parse(well.stdout).schedule).toMatchObject({ scheduleSeconds: 30, isOverdue: false });
  await letTimePass(pipeline, '100 seconds');
  const silent = await pipeline.etl(['status', '--check']);
  expect(silent.exitCode).toBe(1);
  expect(JSON.parse(silent.stdout).schedule).toMatchObject({ scheduleSeconds: 30, isOverdue: true });
  const { exitCode, stdout } = await runEtl(['status'], { env: pipeline.env });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/NO BATCH for 10\d s, but one is due every 30 s .*the scheduler is down or hangs/);
  await pipeline.query('update warehouse_state set schedule_seconds = 120');
  expect((await pipeline.etl(['status', '--check'])).exitCode).toBe(0);
  expect((await pipeline.etl(['status', '--watch', '--check'])).exitCode).toBe(64);
});

test('where duplicates are is forgotten with the detail of the ledger', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const sales = [aTransaction({ order_id: 'old' }), aTransaction({ order_id: 'new' })];
  await pipeline.publish([...sales, ...sales]);
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 2, duplicates: 2 });
  await pipeline.query(`update duplicate_records set found_at = now() - interval '401 days' where order_id = 'old'`);
  expect(await pipeline.etl(['maintain'])).toMatchObject({ exitCode: 0 });
  expect(await pipeline.query('select order_id from duplicate_records')).toEqual([{ order_id: 'new' }]);
  expect(await pipeline.etl(['reconcile', '--deep'])).toMatchObject({ exitCode: 0 });
});

test('a watched status shows what has changed without being asked again', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const watching = startEtl(['status', '--watch', '1'], { env: pipeline.env });
  await pipeline.publish([aTransaction()]);
  await vi.waitFor(() => expect(watching.output()).toContain('lag 1,'), { timeout: 20_000, interval: 100 });
  await pipeline.batch(['run']);
  await vi.waitFor(() => expect(watching.output().split('lag 1,').at(-1)).toContain('lag 0,'), {
    timeout: 20_000,
    interval: 100,
  });
  await watching.kill();
});

test('maintenance removes what is old and settled, and nothing else', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([aTransaction(), { value: 'first' }, { value: 'second' }, { value: 'third' }]);
  await pipeline.batch(['run', '--batch', 'full']);
  await pipeline.batch(['run', '--batch', 'empty']);
  await pipeline.batch(['run', '--batch', 'new']);
  await pipeline.etl(['rejected', 'discard', '--id', '1,2', '--reason', 'a test']);
  await pipeline.query(
    `update rejected_transactions set status_changed_at = now() - interval '91 days' where rejected_id = 1`,
  );
  await pipeline.query(
    `update etl_batches set planned_at = now() - interval '401 days' where batch_id in ('full', 'empty')`,
  );
  const staged = join(pipeline.stagingDir, 'batch-left');
  await mkdir(staged);
  await utimes(staged, new Date(0), new Date(0));
  const { stdout } = await pipeline.etl(['maintain']);
  expect(JSON.parse(stdout)).toEqual({ staging_folders: 1, raw_values: 1, batches: 1, reconciliations: 0 });
  expect(await readdir(pipeline.stagingDir)).toEqual([]);
  const kept = await pipeline.query(`
    select rejected_id::int as id, raw_value is null as removed, raw_removed_at is not null as noted
    from rejected_transactions order by 1`);
  expect(kept).toEqual([
    { id: 1, removed: true, noted: true },
    { id: 2, removed: false, noted: false },
    { id: 3, removed: false, noted: false },
  ]);
  expect(await pipeline.query('select batch_id from etl_batches order by 1')).toEqual([
    { batch_id: 'full' },
    { batch_id: 'new' },
  ]);
  expect(JSON.parse((await pipeline.etl(['reconcile', '--deep'])).stdout)).toMatchObject({ differences: 0 });
  expect(JSON.parse((await pipeline.etl(['maintain'])).stdout)).toMatchObject({ raw_values: 0, batches: 0 });
});
