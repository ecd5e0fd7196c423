import type { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { seedSampleRates } from '../../../migrations/src/seed-sample-rates.ts';
import { freshWarehouse, openClient, type OpenClient, type ScratchWarehouse } from '../../support/warehouse.ts';
import { migrate } from './migrate.ts';

const exclusionViolation = { code: '23P01' };

let warehouse: ScratchWarehouse;
let owner: OpenClient;

beforeAll(async () => {
  warehouse = await freshWarehouse();
  await migrate(warehouse);
  owner = await openClient(warehouse.url);
});

afterAll(async () => {
  await owner[Symbol.asyncDispose]();
  await warehouse[Symbol.asyncDispose]();
});

test('loaded ranges of a partition never overlap; planned, empty and adjacent ones may meet', async () => {
  await inRollback(owner.client, async (client) => {
    await addRange(client, { batch: 'a', from: 0, next: 10, isLoaded: true });
    await addRange(client, { batch: 'b', from: 10, next: 20, isLoaded: true });
    await addRange(client, { batch: 'c', from: 5, next: 15, isLoaded: false });
    await addRange(client, { batch: 'd', from: 5, next: 5, isLoaded: true });
    await addRange(client, { batch: 'e', from: 5, next: 15, isLoaded: true, epoch: 1 });
    const marked = client.query("update etl_batch_ranges set is_loaded = true, read_count = 10 where batch_id = 'c'");
    await expect(marked).rejects.toMatchObject(exclusionViolation);
  });
});

test('a range is not loaded without its counts', async () => {
  await inRollback(owner.client, async (client) => {
    await addRange(client, { batch: 'a', from: 0, next: 10, isLoaded: false });
    const marked = client.query('update etl_batch_ranges set is_loaded = true, read_count = null');
    await expect(marked).rejects.toMatchObject({ constraint: 'etl_batch_ranges_count_check' });
  });
});

test('equal tax rules never overlap in time', async () => {
  await inRollback(owner.client, async (client) => {
    const added = client.query(`
      insert into tax_rates (country, rate, valid_from, source)
      values ('US', 0.09, '2026-01-01', 'test')`);
    await expect(added).rejects.toMatchObject(exclusionViolation);
  });
});

test('an exchange rate is corrected by a row recorded later', async () => {
  await inRollback(owner.client, async (client) => {
    await addRate(client, '0.85');
    await client.query('set constraints exchange_rates_validity_excl deferred');
    const corrected = await addRate(client, '0.86');
    await client.query('update exchange_rates set superseded_by = $1 where rate = 0.85', [corrected]);
    await expect(client.query('set constraints all immediate')).resolves.toBeDefined();
    await expect(addRate(client, '0.87')).rejects.toMatchObject(exclusionViolation);
  });
});

test('the warehouse has one state', async () => {
  const { rows } = await owner.client.query('select state_version from warehouse_state');
  expect(rows).toEqual([{ state_version: '0' }]);
  await expect(owner.client.query('insert into warehouse_state default values')).rejects.toMatchObject({
    code: '23505',
  });
});

test('sample rates cover a year up to today, are extended, and leave other sources alone', async () => {
  await using other = await freshWarehouse();
  await migrate(other);
  await using session = await openClient(other.url);
  const { client } = session;
  await client.query(`
    insert into exchange_rates (base, quote, rate, valid_from, valid_to, source)
    select 'USD', 'EUR', 0.5, today - 3, today - 1, 'central bank'
    from (select (now() at time zone 'utc')::date as today) clock`);
  await seedSampleRates(client);
  // As it stood five days ago: the newest sample was held good for ten days.
  await client.query(`
    with removed as (delete from exchange_rates where source = 'sample' and valid_from > (now() at time zone 'utc')::date - 5)
    update exchange_rates
    set valid_to = valid_from + 10
    where source = 'sample' and quote = 'JPY' and valid_from = (now() at time zone 'utc')::date - 5`);
  await seedSampleRates(client);
  const { rows } = await client.query(`
    select quote, count(*)::int as days, sum(valid_to - valid_from)::int as days_covered, max(valid_to) - (now() at time zone 'utc')::date as days_ahead
    from exchange_rates
    where quote in ('JPY', 'EUR') and source = 'sample'
    group by quote
    order by quote`);
  expect(rows).toEqual([
    { quote: 'EUR', days: 364, days_covered: 364, days_ahead: 1 },
    { quote: 'JPY', days: 366, days_covered: 366, days_ahead: 1 },
  ]);
  expect(await seedSampleRates(client)).toBe(0);
});

async function inRollback(client: Client, work: (client: Client) => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await work(client);
  } finally {
    await client.query('rollback');
  }
}

interface RangeRow {
  readonly batch: string;
  readonly from: number;
  readonly next: number;
  readonly isLoaded: boolean;
  readonly epoch?: number;
}

async function addRange(client: Client, { batch, from, next, isLoaded, epoch = 0 }: RangeRow): Promise<void> {
  await client.query(
    "insert into etl_batches (batch_id, kind, rule_set_version, code_version) values ($1, 'manual', '1', 'test')",
    [batch],
  );
  await client.query(
    `insert into etl_batch_ranges
      (batch_id, topic, epoch, partition, from_offset, next_offset, end_offset, read_count, hole_count, is_loaded)
    values ($1, 'transactions', $5, 0, $2, $3, $3, $3::bigint - $2::bigint, 0, $4)`,
    [batch, from, next, isLoaded, epoch],
  );
}

async function addRate(client: Client, rate: string): Promise<string | undefined> {
  const { rows } = await client.query<{ exchange_rate_id: string }>(
    `insert into exchange_rates (base, quote, rate, valid_from, valid_to, source)
    values ('USD', 'EUR', $1, '2026-01-01', '2026-01-02', 'test')
    returning exchange_rate_id`,
    [rate],
  );
  return rows[0]?.exchange_rate_id;
}
