import { hostname } from 'node:os';

import { expect, test } from 'vitest';

import { deleteRecordsBelow, withAdmin } from '../../support/kafka.ts';
import { someTransactions } from '../../support/messages.ts';
import { createTopic, openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { runEtl } from '../../support/programs.ts';

const integrity = 65;
const usage = 64;
const accept = ['resume', '--accept-loss', '--partition', '0', '--reason', 'retention was too short', '--by', 'ada'];

test('after an accepted truncation the pipeline goes on behind the loss, and the incident says who, when and what', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish(someTransactions(10));
  await pipeline.batch(['run']);
  await pipeline.publish(someTransactions(10));
  await deleteRecordsBelow(pipeline.kafka, pipeline.topic, 0, 15);
  expect((await pipeline.etl(['run'])).exitCode).toBe(integrity);

  const dry = await pipeline.etl([...accept, '--dry-run']);
  expect(JSON.parse(dry.stdout)).toMatchObject({ dry_run: true, lost_count: 5, accepted: { action: 'skipped' } });
  expect((await pipeline.etl(['run'])).exitCode).toBe(integrity);

  const done = await pipeline.etl(accept);
  expect(JSON.parse(done.stdout)).toMatchObject({ dry_run: false, lost_count: 5, incident_ids: [1] });
  expect(await pipeline.batch(['run'])).toMatchObject({ read: 5, loaded: 5 });
  expect(await incidents(pipeline)).toEqual([
    {
      kind: 'truncated_before_position',
      from_offset: '10',
      next_offset: '15',
      lost_count: '5',
      is_resolved: true,
      resolved_by: 'ada',
      resolution: expect.stringContaining('retention was too short'),
      action: 'skipped',
    },
  ]);
  expect((await pipeline.etl(accept)).exitCode).toBe(usage);
});

test('the machine that the command was built on is not who decides', async () => {
  const { stdout } = await runEtl(['resume', '--help'], { env: {} });
  expect(stdout).toContain('who decides');
  expect(stdout).not.toContain(hostname());
});

test('a topic made again is read from its start as a new epoch, over the same offsets', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish(someTransactions(10));
  await pipeline.batch(['run']);
  await remake(pipeline, 1);
  await pipeline.publish([...someTransactions(11), { value: 'rejected' }]);
  expect((await pipeline.etl(['run', '--batch', 'before'])).exitCode).toBe(integrity);
  const { stdout } = await pipeline.etl(accept);
  expect(JSON.parse(stdout)).toMatchObject({ accepted: { action: 'epoch_raised', epochAfter: 1 } });
  expect(await pipeline.batch(['run'])).toMatchObject({ read: 12, loaded: 11, rejected: 1 });
  expect(await pipeline.query('select epoch, next_offset from source_positions')).toEqual([
    { epoch: 1, next_offset: '12' },
  ]);
  // The batch that was planned before the decision covers records of the topic that is gone.
  expect(await pipeline.batch(['run', '--batch', 'before'])).toMatchObject({ state: 'superseded' });
});

test('a partition that is gone is read no more, and one that comes back begins a new epoch', async () => {
  await using pipeline = await openPipeline({ partitions: 2 });
  await pipeline.publish(onPartition(1, 4));
  await pipeline.batch(['run']);
  await remake(pipeline, 1);
  expect((await pipeline.etl(['run'])).exitCode).toBe(integrity);
  await pipeline.etl(['resume', '--accept-loss', '--partition', '1', '--reason', 'gone']);
  await pipeline.publish(onPartition(0, 3));
  expect(await pipeline.batch(['run'])).toMatchObject({ read: 3, loaded: 3 });
  await withAdmin(pipeline.kafka, (admin) =>
    admin.createPartitions({ topicPartitions: [{ topic: pipeline.topic, count: 2 }] }),
  );
  await pipeline.publish(onPartition(1, 5));
  expect(await pipeline.batch(['run'])).toMatchObject({ read: 5, loaded: 5 });
  expect(await pipeline.query('select epoch, next_offset from source_positions where partition = 1')).toEqual([
    { epoch: 1, next_offset: '5' },
  ]);
});

test.each([
  ['nothing to decide', ['resume', '--reason', 'x']],
  ['both decisions', ['resume', '--accept-loss', '--accept-rejects', '--partition', '0', '--reason', 'x']],
  ['no reason', ['resume', '--accept-rejects']],
  ['an empty reason', ['resume', '--accept-rejects', '--reason', ' ']],
  ['no partition', ['resume', '--accept-loss', '--reason', 'x']],
  ['nothing halted', ['resume', '--accept-rejects', '--reason', 'x']],
  ['nothing lost', ['resume', '--accept-loss', '--partition', '0', '--reason', 'x']],
])('resume with %s is a usage error and changes nothing', async (_, args) => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish(someTransactions(1));
  await pipeline.batch(['run']);
  const version = await pipeline.query('select state_version from warehouse_state');
  expect((await pipeline.etl(args)).exitCode).toBe(usage);
  expect(await pipeline.query('select state_version from warehouse_state')).toEqual(version);
});

async function remake({ kafka, topic }: Pipeline, partitions: number): Promise<void> {
  await withAdmin(kafka, (admin) => admin.deleteTopics({ topics: [topic] }));
  await createTopic(kafka, topic, partitions);
}

function onPartition(partition: number, count: number) {
  return someTransactions(count).map((sale) => ({ key: 'k', value: JSON.stringify(sale), partition }));
}

async function incidents(pipeline: Pipeline): Promise<unknown[]> {
  return pipeline.query(`
    select kind, from_offset, next_offset, lost_count, resolved_at is not null as is_resolved, resolved_by, resolution,
      details->'accepted'->>'action' as action
    from etl_incidents order by incident_id`);
}
