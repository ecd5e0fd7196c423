import { expect, test } from 'vitest';

import { deleteRecordsBelow, recordOf, withAdmin } from '../../support/kafka.ts';
import { aTransaction, someTransactions } from '../../support/messages.ts';
import { createTopic, openPipeline, type Pipeline } from '../../support/pipeline.ts';

async function clusterId(pipeline: Pipeline): Promise<string> {
  return withAdmin(pipeline.kafka, async (admin) => (await admin.describeCluster()).clusterId);
}

async function positions(pipeline: Pipeline): Promise<unknown[]> {
  return pipeline.query('select partition, epoch, next_offset::int as next from source_positions order by partition');
}

/** Makes the warehouse one that has read the topic from another cluster. */
async function readFromElsewhere(pipeline: Pipeline): Promise<void> {
  await pipeline.query(
    `update source_topics set cluster_id = 'the-first-cluster', bootstrap_servers = '127.0.0.1:9092'`,
  );
}

test('the first batch remembers the cluster that it reads, also in a warehouse of an earlier release', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const known = [
    { topic: pipeline.topic, cluster: await clusterId(pipeline), servers: pipeline.env['KAFKA_BOOTSTRAP_SERVERS'] },
  ];
  const remembered = `select topic, cluster_id as cluster, bootstrap_servers as servers from source_topics`;
  await pipeline.batch(['run']);
  expect(await pipeline.query(remembered)).toEqual(known);
  await pipeline.query('delete from source_topics');
  await pipeline.publish([aTransaction()]);
  await pipeline.batch(['run']);
  expect(await pipeline.query(remembered)).toEqual(known);
});

test('another cluster stops the pipeline with words that name both, and one incident', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([aTransaction()]);
  await pipeline.batch(['run']);
  await readFromElsewhere(pipeline);
  await pipeline.publish([aTransaction()]);
  const before = await positions(pipeline);
  for (const batch of ['b-2', 'b-3']) {
    const { exitCode, stdout } = await pipeline.etl(['run', '--batch', batch]);
    expect(exitCode).toBe(65);
    const { kind, message, remedy } = JSON.parse(stdout);
    expect(kind).toBe('cluster_changed');
    expect(message).toContain(
      `Kafka at ${pipeline.env['KAFKA_BOOTSTRAP_SERVERS']} is cluster ${await clusterId(pipeline)}`,
    );
    expect(message).toContain('from cluster the-first-cluster, at 127.0.0.1:9092');
    expect(remedy).toContain('etl resume --accept-cluster');
  }
  expect(await pipeline.query(`select kind, occurrence_count as seen from etl_incidents`)).toEqual([
    { kind: 'cluster_changed', seen: 2 },
  ]);
  expect(await positions(pipeline)).toEqual(before);
  expect(await pipeline.query(`select count(*)::int as count from etl_batches`)).toEqual([{ count: 1 }]);
});

test.each([
  ['status', ['status']],
  ['reconcile --deep', ['reconcile', '--deep']],
  ['resume --accept-loss', ['resume', '--accept-loss', '--partition', '0', '--reason', 'x']],
  ['the extract of a batch that is planned', ['extract', '--batch', 'planned']],
  ['fraud evaluate', ['fraud', 'evaluate']],
])('%s does not take another cluster for the one that is known', async (_what, args) => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([aTransaction()]);
  await pipeline.batch(['run']);
  await pipeline.publish([aTransaction()]);
  await pipeline.etl(['extract', '--batch', 'planned'], { ETL_FAILPOINT: 'after-plan' });
  await readFromElsewhere(pipeline);
  expect(await pipeline.etl(args)).toMatchObject({ exitCode: 65 });
});

test('rejected records are not published to another cluster, and do not count as published', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([{ value: '{' }]);
  await pipeline.batch(['run']);
  await pipeline.query('update rejected_transactions set published_at = null');
  await readFromElsewhere(pipeline);
  expect(await pipeline.etl(['rejected', 'publish'])).toMatchObject({ exitCode: 65 });
  expect(await pipeline.query('select published_at from rejected_transactions')).toEqual([{ published_at: null }]);
});

test('a cluster that somebody accepts is read from then on, on record', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([aTransaction()]);
  await pipeline.batch(['run']);
  await readFromElsewhere(pipeline);
  await pipeline.publish([aTransaction()]);
  expect(await pipeline.etl(['run'])).toMatchObject({ exitCode: 65 });
  const accept = ['resume', '--accept-cluster', '--by', 'ada', '--reason', 'moved to new machines'];
  const { stdout: tried } = await pipeline.etl([...accept, '--dry-run']);
  expect(JSON.parse(tried)).toMatchObject({ dry_run: true, incident_ids: [1] });
  expect(await pipeline.etl(['run'])).toMatchObject({ exitCode: 65 });
  expect(await pipeline.etl(accept)).toMatchObject({ exitCode: 0 });
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 1 });
  expect(await pipeline.etl(accept)).toMatchObject({ exitCode: 64 });
  const [incident] = await pipeline.query(`select resolved_by, resolution, details from etl_incidents`);
  expect(incident).toMatchObject({
    resolved_by: 'ada',
    resolution: expect.stringContaining('moved to new machines'),
    details: { cluster: { before: 'the-first-cluster', after: await clusterId(pipeline) } },
  });
});

test('a plan that fails writes no position and no batch', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish(someTransactions(5));
  await pipeline.batch(['run', '--batch', 'b-1']);
  // As another Kafka would have it: fewer records, and partitions that the topic did not have.
  await withAdmin(pipeline.kafka, (admin) => admin.deleteTopics({ topics: [pipeline.topic] }));
  await createTopic(pipeline.kafka, pipeline.topic, 6);
  const { exitCode, stdout } = await pipeline.etl(['run', '--batch', 'b-2']);
  expect(exitCode).toBe(65);
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'position_after_end' });
  expect(await positions(pipeline)).toEqual([{ partition: 0, epoch: 0, next: 5 }]);
  expect(await pipeline.query(`select batch_id from etl_batches`)).toEqual([{ batch_id: 'b-1' }]);
});

test('records that a new partition of a known topic lost before it was read stop the batch, until somebody accepts it', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const { kafka, topic } = pipeline;
  await pipeline.publish(someTransactions(5));
  await pipeline.batch(['run']);
  await withAdmin(kafka, (admin) => admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] }));
  await pipeline.publish(someTransactions(5).map((transaction) => ({ ...recordOf(transaction), partition: 1 })));
  await deleteRecordsBelow(kafka, topic, 1, 2);
  const { exitCode, stdout } = await pipeline.etl(['run']);
  expect({ exitCode, ...JSON.parse(stdout) }).toMatchObject({ exitCode: 65, kind: 'truncated_before_position' });
  const accept = ['resume', '--accept-loss', '--partition', '1', '--reason', 'retention'];
  expect(JSON.parse((await pipeline.etl([...accept, '--dry-run'])).stdout)).toMatchObject({ lost_count: 2 });
  expect(await positions(pipeline)).toEqual([{ partition: 0, epoch: 0, next: 5 }]);
  expect(await pipeline.etl(accept)).toMatchObject({ exitCode: 0 });
  expect(await pipeline.batch(['run'])).toMatchObject({ read: 3 });
});

test('partitions that a plan begins get their positions with it', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish(someTransactions(5));
  await pipeline.batch(['run']);
  await withAdmin(pipeline.kafka, (admin) =>
    admin.createPartitions({ topicPartitions: [{ topic: pipeline.topic, count: 3 }] }),
  );
  await expect
    .poll(async () => {
      await pipeline.batch(['run']);
      return (await positions(pipeline)).length;
    })
    .toBe(3);
});
