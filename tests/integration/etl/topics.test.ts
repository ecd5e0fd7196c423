import { randomBytes } from 'node:crypto';

import { expect, test } from 'vitest';

import { withAdmin } from '../../support/kafka.ts';
import { createTopic, openPipeline } from '../../support/pipeline.ts';

const usage = 64;

test('a name that Kafka takes for that of another topic is refused with both names, and nothing is made', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const id = randomBytes(4).toString('hex');
  await createTopic(pipeline.kafka, `${id}.sales`, 1);
  const finished = await pipeline.etl(['topics'], { KAFKA_TOPIC_TRANSACTIONS: `${id}_sales` });
  expect(finished.exitCode).toBe(usage);
  expect(finished.stderr).toContain(`topic ${id}_sales can not be made beside topic ${id}.sales`);
  const names = await withAdmin(pipeline.kafka, (admin) => admin.listTopics());
  expect(names.filter((name) => name.includes(id))).toEqual([`${id}.sales`]);
  await withAdmin(pipeline.kafka, (admin) => admin.deleteTopics({ topics: [`${id}.sales`] }));
});
