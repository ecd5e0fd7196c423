import { deadLetterTopic } from '@pulse/contract';
import { expect, test } from 'vitest';

import { logEnds, withAdmin } from '../../support/kafka.ts';
import { aTransaction } from '../../support/messages.ts';
import { createTopic, openPipeline, type Pipeline } from '../../support/pipeline.ts';

interface Letter {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Everything that a topic of one partition holds. */
async function readLetters({ kafka, group }: Pipeline, topic: string): Promise<readonly Letter[]> {
  const [end = 0] = await logEnds(kafka, topic);
  const groupId = `${group}-${topic}-reader`;
  const consumer = kafka.consumer({ groupId });
  const letters: Letter[] = [];
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    if (end > 0) {
      await new Promise<void>((resolve, reject) => {
        const eachMessage = async ({
          message: { key, value, headers = {} },
        }: {
          message: { key: Buffer | null; value: Buffer | null; headers?: object };
        }) => {
          letters.push({
            key,
            value,
            headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
          });
          if (letters.length === end) resolve();
        };
        consumer.run({ eachMessage }).catch(reject);
      });
    }
  } finally {
    await consumer.disconnect();
    await withAdmin(kafka, async (admin) => admin.deleteGroups([groupId]));
  }
  return letters;
}

const waiting = 'select count(*)::int as count from rejected_transactions where published_at is null';

test('a rejected record is published as it came, with its reason and its coordinates in headers', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([
    aTransaction(),
    { key: Buffer.from([0, 255]), value: Buffer.from([0x22, 0xff]) },
    { key: null, value: null },
    { key: 'k', value: '{"order_id":"corrupted","amount":"-1"}' },
  ]);
  await pipeline.batch(['run', '--batch', 'b-1']);
  const letters = await readLetters(pipeline, deadLetterTopic(pipeline.topic));
  expect(letters.map(({ key, value }) => [key, value])).toEqual([
    [Buffer.from([0, 255]), Buffer.from([0x22, 0xff])],
    [null, null],
    [Buffer.from('k'), Buffer.from('{"order_id":"corrupted","amount":"-1"}')],
  ]);
  expect(letters.map(({ headers }) => headers['reject-reason'])).toEqual([
    'invalid_utf8',
    'null_value',
    'amount_negative',
  ]);
  const { 'reject-errors': errors = '', 'source-timestamp': timestamp, ...headers } = letters[2]?.headers ?? {};
  expect(headers).toEqual({
    'reject-reason': 'amount_negative',
    'reject-stage': 'validate',
    'source-topic': pipeline.topic,
    'source-partition': '0',
    'source-offset': '3',
    'source-epoch': '0',
    'batch-id': 'b-1',
    'rejected-id': '3',
    'order-id': 'corrupted',
  });
  expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT/);
  expect(JSON.parse(errors).map(({ field }: { field: string }) => field)).toContain('amount');
  expect(await pipeline.query(waiting)).toEqual([{ count: 0 }]);
});

test('an outage of the dead-letter topic harms no batch, and loses no record', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const topic = `${pipeline.topic}.elsewhere`;
  const env = { KAFKA_TOPIC_DEAD_LETTERS: topic };
  for (const value of ['first', 'second']) {
    await pipeline.publish([{ value }, aTransaction()]);
    const finished = await pipeline.etl(['run'], env);
    expect(finished.exitCode).toBe(0);
    expect(finished.logs.map(({ msg }) => msg)).toContain(
      'rejected records could not be published: the next batch tries again',
    );
  }
  expect(await pipeline.query(waiting)).toEqual([{ count: 2 }]);
  await createTopic(pipeline.kafka, topic, 1);
  try {
    // A batch with nothing new publishes what waits.
    await pipeline.batch(['run'], env);
    expect((await readLetters(pipeline, topic)).map(({ value }) => String(value))).toEqual(['first', 'second']);
  } finally {
    await withAdmin(pipeline.kafka, async (admin) => admin.deleteTopics({ topics: [topic] }));
  }
});

test('a record is published again when its publisher died before it could note so', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([{ value: 'not JSON' }]);
  await pipeline.batch(['run']);
  await pipeline.client.query('update rejected_transactions set published_at = null');
  expect(JSON.parse((await pipeline.etl(['rejected', 'publish'])).stdout)).toEqual({ published: 1 });
  const letters = await readLetters(pipeline, deadLetterTopic(pipeline.topic));
  expect(letters.map(({ headers }) => headers['rejected-id'])).toEqual(['1', '1']);
});

test('a value that the broker finds too large goes without it, and holds up nothing behind it', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  // One byte less than fits with its headers would have to be known; so near the limit no headers fit.
  await pipeline.publish([{ value: 'x'.repeat(1_048_450) }, { value: 'behind' }]);
  await pipeline.batch(['run']);
  const letters = await readLetters(pipeline, deadLetterTopic(pipeline.topic));
  expect(
    letters.map(({ value, headers }) => [value === null ? null : String(value), headers['value-omitted']]),
  ).toEqual([
    [null, 'true'],
    ['behind', undefined],
  ]);
});

test('a backlog larger than one run may publish is published in several', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([{ value: 'not JSON' }]);
  await pipeline.batch(['run', '--batch', 'b-1']);
  await pipeline.client.query(`
    insert into rejected_transactions (batch_id, topic, epoch, partition, "offset", kafka_timestamp, raw_value, stage, reason_code, errors)
    select 'b-1', topic, 0, 0, 10 + n, now(), raw_value, stage, reason_code, errors
    from rejected_transactions, generate_series(1, 10050) n`);
  await pipeline.batch(['run']);
  expect(await pipeline.query(waiting)).toEqual([{ count: 50 }]);
  await pipeline.batch(['run']);
  expect(await pipeline.query(waiting)).toEqual([{ count: 0 }]);
});
