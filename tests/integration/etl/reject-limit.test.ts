import { readdir } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { aTransaction, someTransactions } from '../../support/messages.ts';
import { openPipeline } from '../../support/pipeline.ts';

const integrity = 65;
const env = { ETL_REJECT_SHARE_MAX: '0.5', ETL_REJECT_COUNT_MIN: '5' };

test('a batch with too many rejects halts before anything is written, as one incident however often it is tried', async () => {
  await using pipeline = await openPipeline({ partitions: 1, env });
  await pipeline.publish([...someTransactions(4), ...bad(6)]);
  for (const isNew of [true, false]) {
    const { exitCode, stdout, logs } = await pipeline.etl(['run']);
    expect(exitCode).toBe(integrity);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'reject_rate_exceeded', is_new: isNew, incident_ids: [1] });
    expect(logs.at(-1)?.msg).toContain('6 of 10 records');
    expect(logs.at(-1)?.msg).toContain('not_json 6');
  }
  expect(await pipeline.query('select count(*)::int from transactions')).toEqual([{ count: 0 }]);
  expect(await pipeline.query('select count(*)::int from rejected_transactions')).toEqual([{ count: 0 }]);
  expect(await pipeline.query('select next_offset from source_positions')).toEqual([{ next_offset: '0' }]);
  expect(await pipeline.query('select occurrence_count, resolved_at from etl_incidents')).toEqual([
    { occurrence_count: 2, resolved_at: null },
  ]);
  expect(await readdir(pipeline.stagingDir)).toEqual([]);
});

test('accepted rejects let that range pass and nothing else with it', async () => {
  await using pipeline = await openPipeline({ partitions: 1, env });
  await pipeline.publish([...someTransactions(4), ...bad(6)]);
  expect((await pipeline.etl(['run', '--batch', 'halted'])).exitCode).toBe(integrity);
  await pipeline.publish([...bad(9), aTransaction()]);
  const { exitCode } = await pipeline.etl(['resume', '--accept-rejects', '--reason', 'a partner tested']);
  expect(exitCode).toBe(0);
  expect(await pipeline.batch(['run'])).toMatchObject({ planned: 10, loaded: 4, rejected: 6 });
  // The limit applies again to later records, and halts again.
  expect((await pipeline.etl(['run'])).exitCode).toBe(integrity);
  expect(await pipeline.query('select count(*)::int from etl_incidents where resolved_at is null')).toEqual([
    { count: 1 },
  ]);
});

test('the halted batch itself passes too, once its rejects are accepted', async () => {
  await using pipeline = await openPipeline({ partitions: 1, env });
  await pipeline.publish([aTransaction(), ...bad(6)]);
  expect((await pipeline.etl(['transform', '--batch', 'b'])).exitCode).toBe(integrity);
  await pipeline.etl(['resume', '--accept-rejects', '--reason', 'fine']);
  expect(await pipeline.batch(['load', '--batch', 'b'])).toMatchObject({ loaded: 1, rejected: 6 });
});

test.each([
  ['fewer rejects than the minimum', [...bad(4)], 4],
  ['a share at the limit', [...someTransactions(6), ...bad(6)], 6],
])('%s halts nothing', async (_, records, rejected) => {
  await using pipeline = await openPipeline({ partitions: 1, env });
  await pipeline.publish(records);
  expect(await pipeline.batch(['run'])).toMatchObject({ rejected });
});

function bad(count: number): { value: string }[] {
  return Array.from({ length: count }, () => ({ value: '{' }));
}
