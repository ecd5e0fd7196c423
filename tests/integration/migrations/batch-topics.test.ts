import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { migratedWarehouse, openClient } from '../../support/warehouse.ts';

const migration = new URL('../../../migrations/sql/0021_batch_topics.sql', import.meta.url);

test('batches of earlier releases belong to the topic of their ranges or claims', async () => {
  await using warehouse = await migratedWarehouse();
  await using owner = await openClient(warehouse.url);
  const { client } = owner;
  await client.query('begin');
  await client.query('alter table etl_batches drop column topic cascade');
  await client.query(`
    insert into etl_batches
      (batch_id, kind, state, rule_set_version, read_count, loaded_count, duplicate_count, rejected_count, hole_count, code_version)
    values
      ('old', 'scheduled', 'loaded', '1', 2, 1, 0, 1, 0, 'test'),
      ('new', 'manual', 'loaded', '1', 1, 1, 0, 0, 0, 'test'),
      ('planned', 'scheduled', 'planned', '1', null, null, null, null, null, 'test'),
      ('replay', 'replay', 'loaded', '1', 1, 1, 0, 0, 0, 'test'),
      ('nothing', 'replay', 'loaded', '1', 0, 0, 0, 0, 0, 'test')`);
  await client.query(`
    insert into etl_batch_ranges (batch_id, topic, epoch, partition, from_offset, next_offset, end_offset)
    values ('old', 'old-sales', 0, 0, 0, 1, 1), ('old', 'old-sales', 0, 1, 0, 1, 1), ('new', 'new-sales', 0, 0, 0, 1, 1),
      ('planned', 'new-sales', 0, 0, 1, 2, 2)`);
  await client.query(`
    with rejected as (
      insert into rejected_transactions
        (batch_id, topic, epoch, partition, "offset", kafka_timestamp, stage, reason_code, errors)
      values ('old', 'old-sales', 0, 1, 0, now(), 'validate', 'not_json', '[]')
      returning rejected_id
    )
    insert into replay_claims (batch_id, rejected_id, reason_code)
    select 'replay', rejected_id, 'not_json' from rejected`);
  for (const statement of (await readFile(migration, 'utf8')).split('--> statement-breakpoint')) {
    await client.query(statement);
  }
  await client.query('commit');
  const { rows } = await client.query('select batch_id, topic from etl_batches order by batch_id');
  expect(rows).toEqual([
    { batch_id: 'new', topic: 'new-sales' },
    { batch_id: 'nothing', topic: null },
    { batch_id: 'old', topic: 'old-sales' },
    // The release that planned it must not load it any more: the check refuses what it would close without a topic.
    { batch_id: 'planned', topic: null },
    { batch_id: 'replay', topic: 'old-sales' },
  ]);
});
