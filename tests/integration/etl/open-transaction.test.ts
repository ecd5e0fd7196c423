import { expect, test } from 'vitest';

import { recordOf } from '../../support/kafka.ts';
import { aTransaction, someTransactions } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { runEtl } from '../../support/programs.ts';

interface Partition {
  readonly partition: number;
  readonly lag: number;
  readonly held: number;
  readonly heldSince: string | null;
}

test('what waits behind an open transaction is told by partition, with since when, until the transaction ends', async () => {
  await using pipeline = await openPipeline({ partitions: 2 });
  await pipeline.publish(someTransactions(3).map((message) => recordOf(message, { partition: 0 })));
  await pipeline.batch(['run', '--batch', 'before']);
  await using open = await openTransaction(pipeline);
  await pipeline.publish(someTransactions(96).map((message) => recordOf(message, { partition: 0 })));
  await pipeline.publish(someTransactions(2).map((message) => recordOf(message, { partition: 1 })));
  expect(await partitionsOf(pipeline)).toMatchObject([
    { lag: 0, held: 97, heldSince: null },
    { lag: 2, held: 0, heldSince: null },
  ]);

  expect(await pipeline.batch(['run', '--batch', 'held-1'])).toMatchObject({ read: 2 });
  const since = (await partitionsOf(pipeline))[0]?.heldSince ?? '';
  expect(Math.abs(Date.now() - Date.parse(since))).toBeLessThan(30_000);
  await pipeline.query(`update etl_batch_ranges set held_since = held_since - interval '1 hour'`);
  expect(await pipeline.batch(['run', '--batch', 'held-2'])).toMatchObject({ read: 0 });
  const [held, free] = await partitionsOf(pipeline);
  expect(held).toMatchObject({
    held: 97,
    heldSince: new Date(Date.parse(since) - 3_600_000).toISOString().replace('.000', ''),
  });
  expect(free).toMatchObject({ held: 0, heldSince: null });
  const { stdout } = await runEtl(['status'], { env: pipeline.env });
  expect(stdout).toMatch(/partition 0: a transaction is open at offset 3, since .*; 97 records wait there/);

  await open.end();
  expect(await pipeline.batch(['run', '--batch', 'after'])).toMatchObject({ read: 97, loaded: 97 });
  expect((await partitionsOf(pipeline))[0]).toMatchObject({ lag: 0, held: 0, heldSince: null });
});

async function partitionsOf(pipeline: Pipeline): Promise<readonly Partition[]> {
  const { stdout } = await pipeline.etl(['status']);
  return JSON.parse(stdout).partitions;
}

/** A producer that has sent one record to partition 0 in a transaction, and leaves it open until `end`. */
async function openTransaction({ kafka, topic }: Pipeline): Promise<AsyncDisposable & { end(): Promise<void> }> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, transactionalId: `${topic}-open` });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: [{ ...recordOf(aTransaction()), partition: 0 }] });
  return {
    end: async () => transaction.commit(),
    [Symbol.asyncDispose]: async () => {
      if (transaction.isActive()) await transaction.abort();
      await producer.disconnect();
    },
  };
}
