import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { deadLetterTopic } from '@pulse/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';

import shipped from '../../../etl/src/fraud/shipped-rule-set.json' with { type: 'json' };
import { publish, recordOf, withAdmin, type TestRecord } from '../../support/kafka.ts';
import { aTransaction, someTransactions } from '../../support/messages.ts';
import { createTopic, openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { summariesOf, type Environment } from '../../support/programs.ts';

let pipeline: Pipeline;
let oldTopic: string;
let newTopic: string;

const old = new Date(Date.now() - 3 * 86_400_000).toISOString();
const strict = { ETL_EVENT_AGE_MAX_DAYS: '1' };

// Offsets of both topics are the same numbers, and hold other records: what has no topic beside it would be mistaken.
beforeAll(async () => {
  pipeline = await openPipeline({ partitions: 3 });
  newTopic = pipeline.topic;
  oldTopic = `${newTopic}-old`;
  await createTopic(pipeline.kafka, oldTopic, 3);
  await load(oldTopic, salesOf('old', 500), 'old-1');
  await load(newTopic, salesOf('new', 500), 'new-1');
  for (const round of [2, 3]) {
    await load(oldTopic, salesOf(`old-${round}`, 20), `old-${round}`);
    await load(newTopic, salesOf(`new-${round}`, 20), `new-${round}`);
  }
  // A sale that both topics hold is one transaction and a duplicate; with other content it is a conflict.
  const sale = aTransaction({ order_id: 'in-both', amount: '5.00' });
  await load(oldTopic, [recordOf(sale)], 'old-4');
  await load(newTopic, [recordOf(sale), recordOf({ ...sale, amount: '6.00' })], 'new-4');
});

afterAll(async () => {
  await withAdmin(pipeline.kafka, async (admin) => {
    const present = await admin.listTopics();
    if (present.includes(oldTopic)) await admin.deleteTopics({ topics: [oldTopic] });
  });
  await pipeline[Symbol.asyncDispose]();
});

/** Sales of a few customers, and one each that is too old and no JSON. */
function salesOf(prefix: string, count: number): readonly TestRecord[] {
  const sales = someTransactions(count, (index) => ({
    order_id: `${prefix}-${index}`,
    customer_id: `customer-${index % 9}`,
    amount: `${index + 1}.25`,
  }));
  const tooOld = aTransaction({ order_id: `${prefix}-too-old`, timestamp: old });
  return [...sales.map((sale) => recordOf(sale)), recordOf(tooOld), { key: 'x', value: `{"order_id":"${prefix}-bad"` }];
}

/** Settings of the pipeline that reads the topic. */
function reading(topic: string): Environment {
  return { KAFKA_TOPIC_TRANSACTIONS: topic, KAFKA_TOPIC_DEAD_LETTERS: deadLetterTopic(newTopic) };
}

async function load(topic: string, records: readonly TestRecord[], batch: string): Promise<void> {
  await publish(pipeline.kafka, topic, records);
  await pipeline.batch(['run', '--batch', batch], { ...strict, ...reading(topic) });
}

async function output(topic: string, ...args: readonly string[]) {
  const { exitCode, stdout, stderr } = await pipeline.etl(args, reading(topic));
  if (stdout === '') throw new Error(stderr);
  return { exitCode, line: JSON.parse(stdout.split('\n').at(-1) ?? '') };
}

const sound = { differences: 0, listed: [], batches: 8, transactions: 1081, topics_not_in_kafka: [] };

test.each([[[]], [['--since', '1h']], [['--deep']], [['--since', '1h', '--deep']]])(
  'two topics loaded one after the other, and in turn, have no difference: reconcile %s',
  async (flags) => {
    const readAgain = flags.includes('--deep') ? 1095 : null;
    for (const topic of [oldTopic, newTopic]) {
      const { exitCode, line } = await output(topic, 'reconcile', ...flags);
      expect(line).toMatchObject({ ...sound, read_again: readAgain });
      expect(exitCode).toBe(0);
    }
  },
);

const planted: readonly (readonly [what: string, change: string, undo: string, checks: readonly string[]])[] = [
  [
    'a transaction of the other topic with another content',
    `update transactions set content_hash = sha256(content_hash) where order_id = 'old-7'`,
    `with other as (select content_hash as was from kept) update transactions set content_hash = was from other where order_id = 'old-7'`,
    ['content_differs'],
  ],
  [
    'a transaction that names a record of the other topic which is another one',
    `update transactions set kafka_offset = kafka_offset + 9000 where order_id = 'old-7'`,
    `update transactions set kafka_offset = kafka_offset - 9000 where order_id = 'old-7'`,
    ['range_transactions', 'range_duplicates'],
  ],
  [
    'a position of the other topic that jumped',
    `update source_positions set next_offset = next_offset + 5 where partition = 1 and topic like '%-old'`,
    `update source_positions set next_offset = next_offset - 5 where partition = 1 and topic like '%-old'`,
    ['range_gap'],
  ],
  [
    'a batch that names the other topic',
    `update etl_batches set topic = (select topic from etl_batches where batch_id = 'new-1') where batch_id = 'old-1'`,
    `update etl_batches set topic = (select topic from etl_batches where batch_id = 'old-2') where batch_id = 'old-1'`,
    ['batch_topic', 'record_twice'],
  ],
];

test.each(planted)('%s is found, and named with its topic', async (_what, change, undo, checks) => {
  await pipeline.query(`create temporary table kept as select * from transactions where order_id = 'old-7'`);
  expect((await pipeline.client.query(change)).rowCount).toBe(1);
  const { exitCode, line } = await output(newTopic, 'reconcile', '--deep');
  expect((await pipeline.client.query(undo)).rowCount).toBe(1);
  await pipeline.query('drop table kept');
  const found: { check: string; subject: string; expected: string }[] = line.listed;
  expect([...new Set(found.map(({ check }) => check))]).toEqual(expect.arrayContaining([...checks]));
  const named = found.find(({ check }) => check === checks[0]);
  expect(`${named?.subject} ${named?.expected}`).toContain(checks[0] === 'batch_topic' ? newTopic : oldTopic);
  expect(exitCode).toBe(1);
});

test('the status of one topic is its own, and names the other', async () => {
  await publish(pipeline.kafka, newTopic, [recordOf(aTransaction({ order_id: 'waiting' }))]);
  const { line: ofOld } = await output(oldTopic, 'status');
  const { line: ofNew } = await output(newTopic, 'status');
  expect(ofOld).toMatchObject({ topic: oldTopic, lag: 0, otherTopics: [{ topic: newTopic, partitionCount: 3 }] });
  expect(ofNew).toMatchObject({ topic: newTopic, lag: 1, otherTopics: [{ topic: oldTopic, partitionCount: 3 }] });
  expect(ofNew.batches.map(({ topic }: { topic: string }) => topic)).toEqual([
    newTopic,
    oldTopic,
    newTopic,
    oldTopic,
    newTopic,
  ]);
});

test('an order and its rejected records are explained with their topic', async () => {
  const { line } = await output(newTopic, 'explain', 'in-both');
  expect(line).toMatchObject({ topic: oldTopic, transaction: { batchId: 'old-4' }, rejects: [{ topic: newTopic }] });
});

test('a batch that was planned for one topic is not run on another', async () => {
  const failing = { ...reading(oldTopic), ETL_FAILPOINT: 'after-plan' };
  await publish(pipeline.kafka, oldTopic, [recordOf(aTransaction({ order_id: 'planned' }))]);
  await pipeline.etl(['extract', '--batch', 'planned'], failing);
  const { exitCode, logs } = await pipeline.etl(['run', '--batch', 'planned'], reading(newTopic));
  expect(exitCode).toBe(64);
  expect(logs.at(-1)?.msg).toContain(`batch planned was planned to read topic ${oldTopic}`);
  expect(await pipeline.batch(['run', '--batch', 'planned'], reading(oldTopic))).toMatchObject({ loaded: 1 });
});

test('rejected records of both topics are listed, shown and replayed, each batch of one topic', async () => {
  const tooOld = ['--reason-code', 'timestamp_too_old'];
  const { line: listed } = await output(newTopic, 'rejected', 'list', ...tooOld);
  expect(listed.total).toBe(6);
  expect(new Set(listed.records.map(({ topic }: { topic: string }) => topic))).toEqual(new Set([oldTopic, newTopic]));
  const ofOld = listed.records.find(({ topic }: { topic: string }) => topic === oldTopic);
  const { line: shown } = await output(newTopic, 'rejected', 'show', String(ofOld.rejectedId));
  expect(shown.record).toMatchObject({ topic: oldTopic, orderId: expect.stringMatching(/^old-/) });

  const chosen = ['rejected', 'replay', '--topic', oldTopic, '--id', String(ofOld.rejectedId), '--batch', 'r-1'];
  expect(await pipeline.batch(chosen, reading(newTopic))).toMatchObject({ loaded: 1 });
  const { line: dryRun } = await output(newTopic, 'rejected', 'replay', ...tooOld, '--dry-run');
  expect(dryRun).toMatchObject({ matched: 5, loaded: 5 });
  const replayed = summariesOf(
    await pipeline.etl(['rejected', 'replay', ...tooOld, '--batch', 'r-2'], reading(newTopic)),
  );
  expect(replayed.map(({ batch_id: id, loaded }) => [id, loaded])).toEqual([
    ['r-2', 3],
    ['r-2.2', 2],
  ]);
  const topics = await pipeline.query(`
    select distinct b.batch_id, b.topic = r.topic as is_same
    from etl_batches b join replay_claims using (batch_id) join rejected_transactions r using (rejected_id)
    order by 1`);
  expect(topics).toEqual(['r-1', 'r-2', 'r-2.2'].map((batchId) => ({ batch_id: batchId, is_same: true })));
  expect((await output(newTopic, 'reconcile', '--deep')).line).toMatchObject({ differences: 0, listed: [] });
});

test('a backtest of the live rules over both topics flags what was flagged', async () => {
  const file = join(pipeline.stagingDir, 'same.json');
  await writeFile(file, JSON.stringify({ ...shipped, version: 'same' }));
  const { exitCode, line } = await output(newTopic, 'fraud', 'backtest', '--rules', file, '--since', '7d');
  expect(exitCode).toBe(0);
  expect(line).toMatchObject({ newlyFlagged: { count: 0 }, noLongerFlagged: { count: 0 }, rejudged: 0, remembered: 0 });
  expect(line.sales).toBeGreaterThan(1080);
});

test('a topic that Kafka does not have any more is named as not read again', async () => {
  await withAdmin(pipeline.kafka, (admin) => admin.deleteTopics({ topics: [oldTopic] }));
  await expect
    .poll(async () => (await output(newTopic, 'reconcile', '--deep')).line, { timeout: 20_000 })
    .toMatchObject({ differences: 0, topics_not_in_kafka: [oldTopic] });
});
