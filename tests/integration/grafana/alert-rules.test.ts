import { expect, test } from 'vitest';

import { readRules } from '../../../grafana/src/alerts/read-rules.ts';
import { letTimePass, salesOf } from '../../support/alert-causes.ts';
import { deleteRecordsBelow } from '../../support/kafka.ts';
import { aTransaction } from '../../support/messages.ts';
import { openPipeline, type Pipeline, type PipelineOptions } from '../../support/pipeline.ts';
import { evaluateRule, type Evaluation } from './evaluate-rule.ts';
import { openReader } from './sold.ts';

const rules = await readRules();

interface Watched extends AsyncDisposable {
  readonly pipeline: Pipeline;
  readonly evaluate: (uid: string) => Promise<Evaluation>;
}

/** A pipeline of its own, as Grafana sees it. */
async function openWatched(options?: PipelineOptions): Promise<Watched> {
  await using opening = new AsyncDisposableStack();
  const pipeline = opening.use(await openPipeline(options));
  const { client } = opening.use(await openReader(pipeline));
  const opened = opening.move();
  return {
    pipeline,
    evaluate: async (uid) => {
      const rule = rules.find((candidate) => candidate.uid === uid);
      if (rule === undefined) throw new Error(`no rule has the uid ${uid}`);
      return evaluateRule(rule, client);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

test('every rule is silent on a warehouse that nobody has used yet', async () => {
  await using watched = await openWatched();
  // The server, from whose start a missing first batch is counted, may run for longer than the rule allows.
  const others = rules.filter(({ uid }) => uid !== 'no-batch');
  const firing = [];
  for (const { uid } of others) if ((await watched.evaluate(uid)).isFiring) firing.push(uid);
  expect(firing).toEqual([]);
});

test('no-batch fires when the last load is more than 90 s ago, and clears with the next, an empty one too', async () => {
  await using watched = await openWatched();
  const { pipeline, evaluate } = watched;
  await pipeline.batch(['run', '--batch', 'b-1']);
  expect(await evaluate('no-batch')).toMatchObject({ isFiring: false });
  await letTimePass(pipeline, '2 minutes 5 seconds');
  const { isFiring, summary } = await evaluate('no-batch');
  expect(isFiring).toBe(true);
  expect(summary).toMatch(
    /^No batch was loaded for 2m \d+s; one is due every 30 s\. Look at the runs of etl_pipeline in Airflow\.$/,
  );
  await pipeline.batch(['run', '--batch', 'b-2']);
  expect(await evaluate('no-batch')).toMatchObject({ isFiring: false });
});

test('stale-sales fires when the newest sale is older than five minutes, and clears with a new one', async () => {
  await using watched = await openWatched();
  const { pipeline, evaluate } = watched;
  await pipeline.publish([aTransaction()]);
  await pipeline.batch(['run', '--batch', 'long-ago']);
  await letTimePass(pipeline, '1 hour');
  await pipeline.publish([aTransaction({ timestamp: new Date(Date.now() - 600_000).toISOString() })]);
  await pipeline.batch(['run', '--batch', 'b-1']);
  await pipeline.batch(['run', '--batch', 'empty']);
  const { isFiring, summary } = await evaluate('stale-sales');
  expect(isFiring).toBe(true);
  expect(summary).toMatch(
    /^The newest loaded sale is 10m \d+s old\. Check that the producers send, and the lag on Pipeline Health\.$/,
  );
  await pipeline.publish([aTransaction()]);
  await pipeline.batch(['run', '--batch', 'b-2']);
  await pipeline.publish([aTransaction({ timestamp: new Date(Date.now() - 600_000).toISOString() })]);
  await pipeline.batch(['run', '--batch', 'late']);
  expect(await evaluate('stale-sales')).toMatchObject({ isFiring: false });
});

test('history that a new warehouse loads first is no outage, unless nothing follows it for five minutes', async () => {
  await using watched = await openWatched();
  const { pipeline, evaluate } = watched;
  await pipeline.publish([aTransaction({ timestamp: new Date(Date.now() - 12 * 3_600_000).toISOString() })]);
  await pipeline.batch(['run', '--batch', 'history']);
  expect(await evaluate('stale-sales')).toMatchObject({ isFiring: false });
  await letTimePass(pipeline, '4 minutes');
  expect(await evaluate('stale-sales')).toMatchObject({ isFiring: false });
  await letTimePass(pipeline, '2 minutes');
  expect(await evaluate('stale-sales')).toMatchObject({ isFiring: true });
});

test('a sale dated into the future does not hide that sales have stopped', async () => {
  await using watched = await openWatched();
  const { pipeline, evaluate } = watched;
  await pipeline.publish([aTransaction({ timestamp: new Date(Date.now() + 3_600_000).toISOString() })]);
  await pipeline.batch(['run', '--batch', 'b-1']);
  await letTimePass(pipeline, '6 minutes');
  expect(await evaluate('stale-sales')).toMatchObject({ isFiring: true });
});

test('reject-rate fires above five percent, and clears when good records follow or a quarter of an hour is over', async () => {
  await using watched = await openWatched();
  const { pipeline, evaluate } = watched;
  const malformed = Array.from({ length: 20 }, () => ({ value: 'no JSON' }));
  await pipeline.publish(malformed);
  await pipeline.batch(['run', '--batch', 'few']);
  expect(await evaluate('reject-rate')).toMatchObject({ isFiring: false });
  await pipeline.publish(salesOf(80, 0));
  await pipeline.batch(['run', '--batch', 'b-1']);
  expect(await evaluate('reject-rate')).toEqual({
    isFiring: true,
    value: 0.2,
    summary: '20% of the records of the last 15 minutes were rejected: 20 of 100. etl rejected list shows the reasons.',
  });
  await pipeline.publish(salesOf(400, 0));
  await pipeline.batch(['run', '--batch', 'b-2']);
  expect(await evaluate('reject-rate')).toMatchObject({ isFiring: false, value: 0.04 });
  await letTimePass(pipeline, '16 minutes');
  expect(await evaluate('reject-rate')).toMatchObject({ isFiring: false, value: 0 });
});

test('fraud-spike fires at more than twice the usual ratio, and clears when the ratio is usual again', async () => {
  await using watched = await openWatched();
  const { pipeline, evaluate } = watched;
  await pipeline.publish(salesOf(1000, 20));
  await pipeline.batch(['run', '--batch', 'history']);
  expect(await evaluate('fraud-spike')).toMatchObject({ isFiring: false });
  await letTimePass(pipeline, '2 hours');
  await pipeline.publish(salesOf(100, 3));
  await pipeline.batch(['run', '--batch', 'usual']);
  expect(await evaluate('fraud-spike')).toMatchObject({ isFiring: false });
  await pipeline.publish(salesOf(100, 37));
  await pipeline.batch(['run', '--batch', 'spike']);
  const { isFiring, summary } = await evaluate('fraud-spike');
  expect(isFiring).toBe(true);
  expect(summary).toBe(
    '20% of the sales of the last 15 minutes were flagged; 2% were in the 24 hours before. The dashboard Fraud shows the rules and customers.',
  );
  await pipeline.publish(salesOf(800, 0));
  await pipeline.batch(['run', '--batch', 'calm']);
  expect(await evaluate('fraud-spike')).toMatchObject({ isFiring: false });
});

test('lag-growing fires when batches leave ever more behind for five minutes, and clears when one catches up', async () => {
  await using watched = await openWatched({ env: { ETL_BATCH_MAX_MESSAGES: '10' } });
  const { pipeline, evaluate } = watched;
  const results: boolean[] = [];
  for (const batch of ['b-1', 'b-2', 'b-3']) {
    await pipeline.publish(salesOf(30, 0));
    await pipeline.batch(['run', '--batch', batch]);
    results.push((await evaluate('lag-growing')).isFiring);
    if (batch !== 'b-3') await letTimePass(pipeline, '3 minutes');
  }
  expect(results).toEqual([false, false, true]);
  expect(await evaluate('lag-growing')).toEqual({
    isFiring: true,
    value: 40,
    summary:
      'Batches have left messages in Kafka for 5 minutes: 60 now, 40 more than at first. Look at the durations of batches on Pipeline Health.',
  });
  await pipeline.batch(['run', '--until-empty']);
  expect(await evaluate('lag-growing')).toMatchObject({ isFiring: false, value: 0 });
});

test('the lag of one topic grows whatever becomes of another topic of the warehouse', async () => {
  await using watched = await openWatched({ env: { ETL_BATCH_MAX_MESSAGES: '10' } });
  await using other = await openPipeline();
  const { pipeline, evaluate } = watched;
  for (const batch of ['b-1', 'b-2', 'b-3']) {
    await pipeline.publish(salesOf(30, 0));
    await pipeline.batch(['run', '--batch', batch]);
    await pipeline.batch(['run', '--batch', `${batch}-other`], { KAFKA_TOPIC_TRANSACTIONS: other.topic });
    if (batch !== 'b-3') await letTimePass(pipeline, '3 minutes');
  }
  expect(await evaluate('lag-growing')).toEqual({
    isFiring: true,
    value: 40,
    summary:
      'Batches have left messages in Kafka for 5 minutes: 60 now, 40 more than at first. Look at the durations of batches on Pipeline Health.',
  });
});

test('a lag that shrinks does not fire', async () => {
  await using watched = await openWatched({ env: { ETL_BATCH_MAX_MESSAGES: '10' } });
  const { pipeline, evaluate } = watched;
  await pipeline.publish(salesOf(90, 0));
  for (const batch of ['b-1', 'b-2', 'b-3']) {
    await pipeline.batch(['run', '--batch', batch]);
    if (batch !== 'b-3') await letTimePass(pipeline, '3 minutes');
  }
  expect(await evaluate('lag-growing')).toMatchObject({ isFiring: false, value: -20 });
});

test('one batch that leaves messages behind, after one that caught up, does not fire', async () => {
  await using watched = await openWatched({ env: { ETL_BATCH_MAX_MESSAGES: '10' } });
  const { pipeline, evaluate } = watched;
  await pipeline.batch(['run', '--batch', 'b-1']);
  await pipeline.publish(salesOf(5, 0));
  await pipeline.batch(['run', '--batch', 'b-2']);
  await letTimePass(pipeline, '6 minutes');
  await pipeline.publish(salesOf(30, 0));
  await pipeline.batch(['run', '--batch', 'b-3']);
  expect(await evaluate('lag-growing')).toMatchObject({ isFiring: false, value: 0 });
});

test('batches that fail leave their records behind, which counts as lag', async () => {
  await using watched = await openWatched();
  const { pipeline, evaluate } = watched;
  for (const batch of ['b-1', 'b-2', 'b-3']) {
    await pipeline.publish(salesOf(30, 0));
    await pipeline.batch(['extract', '--batch', batch]);
    await letTimePass(pipeline, '3 minutes');
  }
  expect(await evaluate('lag-growing')).toMatchObject({ isFiring: true, value: 30 });
});

test('partition-held fires when plans find a transaction open for five minutes, and clears when it has ended', async () => {
  await using watched = await openWatched({ partitions: 1 });
  const { pipeline, evaluate } = watched;
  const { kafka, topic } = pipeline;
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, transactionalId: topic });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: [{ value: 'x' }, { value: 'y' }] });
  await pipeline.batch(['run', '--batch', 'b-1']);
  expect(await evaluate('partition-held')).toMatchObject({ isFiring: false });
  await pipeline.query(`update etl_batch_ranges set held_since = held_since - interval '6 minutes'`);
  await pipeline.batch(['run', '--batch', 'b-2']);
  const { isFiring, summary } = await evaluate('partition-held');
  expect(isFiring).toBe(true);
  expect(summary).toMatch(
    /^A transaction in Kafka has been open for 6m \d+s: 2 records wait behind it in 1 partitions, the first of them partition 0\. Stop that producer or abort its transaction\.$/,
  );
  await transaction.abort();
  await producer.disconnect();
  await pipeline.batch(['run', '--until-empty']);
  await pipeline.batch(['run', '--batch', 'b-3']);
  expect(await evaluate('partition-held')).toMatchObject({ isFiring: false });
});

test('integrity-incident fires when records were deleted before they were read, and clears when the loss is accepted', async () => {
  await using watched = await openWatched({ partitions: 1 });
  const { pipeline, evaluate } = watched;
  await pipeline.publish(salesOf(5, 0));
  await pipeline.batch(['run', '--batch', 'b-1']);
  await pipeline.publish(salesOf(4, 0));
  await deleteRecordsBelow(pipeline.kafka, pipeline.topic, 0, 8);
  expect(await pipeline.etl(['run', '--batch', 'b-2'])).toMatchObject({ exitCode: 65 });
  expect(await evaluate('integrity-incident')).toEqual({
    isFiring: true,
    value: 1,
    summary:
      '1 integrity incidents are open, with 3 lost records. Nothing is loaded until you decide: etl status names the command for each.',
  });
  const accepted = await pipeline.etl(['resume', '--accept-loss', '--partition', '0', '--reason', 'a test']);
  expect(accepted).toMatchObject({ exitCode: 0 });
  expect(await evaluate('integrity-incident')).toMatchObject({ isFiring: false });
});

test('reconciliation-failed fires on the differences of the last reconciliation, and clears with one without', async () => {
  await using watched = await openWatched();
  const { pipeline, evaluate } = watched;
  await pipeline.publish(salesOf(12, 0));
  await pipeline.batch(['run', '--batch', 'b-1']);
  expect(await pipeline.etl(['reconcile'])).toMatchObject({ exitCode: 0 });
  expect(await evaluate('reconciliation-failed')).toMatchObject({ isFiring: false, value: 0 });
  await pipeline.query(`update etl_batches set loaded_count = loaded_count - 1, rejected_count = rejected_count + 1`);
  expect(await pipeline.etl(['reconcile'])).toMatchObject({ exitCode: 1 });
  const { isFiring, summary } = await evaluate('reconciliation-failed');
  expect(isFiring).toBe(true);
  expect(summary).toMatch(
    /^The last reconciliation found [1-9]\d* differences among 12 transactions\. Run etl reconcile to list them\.$/,
  );
  await pipeline.query(`update etl_batches set loaded_count = loaded_count + 1, rejected_count = rejected_count - 1`);
  expect(await pipeline.etl(['reconcile'])).toMatchObject({ exitCode: 0 });
  expect(await evaluate('reconciliation-failed')).toMatchObject({ isFiring: false });
});

test('reconciliation-overdue fires a day after the first batch, clears with a reconciliation, and fires when no other follows', async () => {
  await using watched = await openWatched();
  const { pipeline, evaluate } = watched;
  await pipeline.publish(salesOf(3, 0));
  await pipeline.batch(['run', '--batch', 'b-1']);
  expect(await evaluate('reconciliation-overdue')).toMatchObject({ isFiring: false });
  await letTimePass(pipeline, '27 hours');
  const { isFiring, summary } = await evaluate('reconciliation-overdue');
  expect(isFiring).toBe(true);
  expect(summary).toMatch(
    /^No reconciliation has ended for 1d 3h 0m \d+s; one is due every day\. Look at the DAG etl_reconcile in Airflow\.$/,
  );
  expect(await pipeline.etl(['reconcile'])).toMatchObject({ exitCode: 0 });
  expect(await evaluate('reconciliation-overdue')).toMatchObject({ isFiring: false });
  await pipeline.query(`
    update etl_reconciliations
    set started_at = started_at - interval '27 hours', finished_at = finished_at - interval '27 hours'`);
  expect(await evaluate('reconciliation-overdue')).toMatchObject({ isFiring: true });
});

test('staging-disk fires below two gigabytes, and clears with the next plan that finds room', async () => {
  await using watched = await openWatched();
  const { pipeline, evaluate } = watched;
  await pipeline.batch(['run', '--batch', 'b-1']);
  expect(await evaluate('staging-disk')).toMatchObject({ isFiring: false });
  await pipeline.query('update etl_batches set staging_free_bytes = 1.5 * 1024 ^ 3');
  expect(await evaluate('staging-disk')).toEqual({
    isFiring: true,
    value: 1.5 * 1024 ** 3,
    summary: '1.5GiB are free in the staging area (ETL_STAGING_DIR). Free space there, or batches will fail.',
  });
  await pipeline.batch(['run', '--batch', 'b-2']);
  expect(await evaluate('staging-disk')).toMatchObject({ isFiring: false });
});
