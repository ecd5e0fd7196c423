import { rm } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { deleteRecordsBelow, withAdmin } from '../../support/kafka.ts';
import { someTransactions } from '../../support/messages.ts';
import { createTopic, openPipeline, type Pipeline } from '../../support/pipeline.ts';

const integrity = 65;

test('records deleted before they were read stop the pipeline: one incident, nothing loaded, no reset', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish(someTransactions(10));
  await pipeline.batch(['run']);
  await pipeline.publish(someTransactions(10));
  await deleteRecordsBelow(pipeline.kafka, pipeline.topic, 0, 15);
  for (const batch of ['lost-1', 'lost-2']) {
    const { exitCode, logs } = await pipeline.etl(['run', '--batch', batch]);
    expect(exitCode).toBe(integrity);
    expect(logs.at(-1)).toMatchObject({ code: 'truncated_before_position', remedy: expect.stringContaining('etl ') });
    expect(logs.at(-1)?.msg).toContain(`${pipeline.topic} partition 0`);
    expect(logs.at(-1)?.msg).toContain('offsets 10 to 14 were deleted before they were read (5 lost)');
  }
  expect(await incidents(pipeline)).toEqual([
    { kind: 'truncated_before_position', partition: 0, from: '10', next: '15', lost: '5', times: 2, open: true },
  ]);
  expect(await standing(pipeline)).toEqual([{ facts: '10', position: '10' }]);
});

test('records deleted between the plan and its extract stop the batch', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish(someTransactions(10));
  await pipeline.batch(['extract', '--batch', 'b']);
  await rm(`${pipeline.stagingDir}/batch-b`, { recursive: true });
  await deleteRecordsBelow(pipeline.kafka, pipeline.topic, 0, 5);
  const { exitCode, logs } = await pipeline.etl(['load', '--batch', 'b']);
  expect(exitCode).toBe(integrity);
  expect(logs.at(-1)).toMatchObject({ code: 'truncated_while_reading' });
  expect(logs.at(-1)?.msg).toContain('offsets 0 to 4 were deleted while the batch read them (5 lost)');
  expect(await incidents(pipeline)).toEqual([
    { kind: 'truncated_while_reading', partition: 0, from: '0', next: '5', lost: '5', times: 1, open: true },
  ]);
  expect(await standing(pipeline)).toEqual([{ facts: '0', position: '0' }]);
});

test('a topic deleted and made again is known by the last loaded record, though its offsets fit', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish(someTransactions(10));
  await pipeline.batch(['run']);
  await remake(pipeline);
  await pipeline.publish(someTransactions(12));
  const { exitCode, logs } = await pipeline.etl(['run', '--batch', 'b']);
  expect(exitCode).toBe(integrity);
  expect(logs.at(-1)).toMatchObject({ code: 'topic_recreated' });
  expect(await incidents(pipeline)).toMatchObject([{ kind: 'topic_recreated', partition: 0, open: true }]);
  expect(await standing(pipeline)).toEqual([{ facts: '10', position: '10' }]);
});

test('a position beyond the end of the log stops the pipeline', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish(someTransactions(10));
  await pipeline.batch(['run']);
  await remake(pipeline);
  await pipeline.publish(someTransactions(3));
  const { exitCode } = await pipeline.etl(['run']);
  expect(exitCode).toBe(integrity);
  expect(await incidents(pipeline)).toMatchObject([{ kind: 'position_after_end', partition: 0, open: true }]);
  expect(await standing(pipeline)).toEqual([{ facts: '10', position: '10' }]);
});

test('a partition that is gone stops the pipeline', async () => {
  await using pipeline = await openPipeline({ partitions: 2 });
  await pipeline.publish(someTransactions(4, (index) => ({ customer_id: `customer-${index}` })));
  await pipeline.batch(['run']);
  await remake(pipeline, 1);
  expect((await pipeline.etl(['run'])).exitCode).toBe(integrity);
  expect(await incidents(pipeline)).toContainEqual(
    expect.objectContaining({ kind: 'partition_missing', partition: 1 }),
  );
});

/** Deletes the topic and makes it again under the same name. */
async function remake({ kafka, topic }: Pipeline, partitions = 1): Promise<void> {
  await withAdmin(kafka, (admin) => admin.deleteTopics({ topics: [topic] }));
  await createTopic(kafka, topic, partitions);
}

async function incidents(pipeline: Pipeline): Promise<unknown[]> {
  return pipeline.query(`
    select kind, partition, from_offset as from, next_offset as next, lost_count as lost, occurrence_count as times,
      resolved_at is null as open
    from etl_incidents order by partition`);
}

async function standing(pipeline: Pipeline): Promise<unknown[]> {
  return pipeline.query(
    'select (select count(*) from transactions) as facts, next_offset as position from source_positions',
  );
}
