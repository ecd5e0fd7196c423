import { expect, test, vi } from 'vitest';

import { aTransaction, someTransactions } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { startEtl, summariesOf } from '../../support/programs.ts';
import { openClient } from '../../support/warehouse.ts';

const dayMs = 86_400_000;
const strict = { ETL_EVENT_AGE_MAX_DAYS: '1' };
const old = new Date(Date.now() - 3 * dayMs).toISOString();

/** Sales that one batch rejects as too old, which the settings of its replay accept. */
async function openQuarantine(count: number): Promise<Pipeline> {
  const pipeline = await openPipeline();
  const sales = someTransactions(count, (index) => ({
    order_id: `order-${index}`,
    timestamp: old,
    amount: '10.00',
    customer_id: `customer-${index % 5}`,
  }));
  await pipeline.publish(sales);
  await pipeline.batch(['run', '--batch', 'first'], strict);
  return pipeline;
}

async function totals(pipeline: Pipeline): Promise<unknown> {
  const [row] = await pipeline.query(`
    select (select count(*) from transactions)::int as facts,
      (select count(*) from rejected_transactions where status = 'open')::int as open,
      (select count(*) from rejected_transactions where status = 'replayed')::int as replayed,
      (select coalesce(sum(transaction_count), 0) from sales_per_minute)::int as minutes,
      (select coalesce(sum(transaction_count), 0) from sales_per_hour)::int as hours,
      (select coalesce(sum(transaction_count), 0) from customer_days)::int as days,
      (select coalesce(sum(transaction_count), 0) from customer_profiles)::int as profiles,
      (select coalesce(sum(amount_sum), 0) from sales_per_minute)::int as amount`);
  return row;
}

function allLoaded(count: number): unknown {
  const counts = { minutes: count, hours: count, days: count, profiles: count, amount: count * 10 };
  return { facts: count, open: 0, replayed: count, ...counts };
}

test('replayed records become transactions with their own coordinates, and count in every roll-up', async () => {
  await using pipeline = await openQuarantine(30);
  expect(await totals(pipeline)).toMatchObject({ facts: 0, open: 30 });
  const summary = await pipeline.batch(['rejected', 'replay', '--reason-code', 'timestamp_too_old', '--batch', 'r-1']);
  expect(summary).toMatchObject({ state: 'loaded', read: 30, loaded: 30, duplicates: 0, rejected: 0 });
  expect(await totals(pipeline)).toEqual(allLoaded(30));
  const unmatched = await pipeline.query(`
    select t.order_id, r.rejected_id
    from transactions t
    full join rejected_transactions r
      on (r.epoch, r.partition, r."offset") = (t.kafka_epoch, t.kafka_partition, t.kafka_offset)
    where t.batch_id is distinct from 'r-1' or r.batch_id <> 'first' or r.status_batch_id is distinct from 'r-1'`);
  expect(unmatched).toEqual([]);
  const ledger = await pipeline.query(
    `select kind, read_count::int as read, loaded_count::int as loaded from etl_batches where batch_id = 'r-1'`,
  );
  expect(ledger).toEqual([{ kind: 'replay', read: 30, loaded: 30 }]);
});

test('a replay under the same id again, and a new one, change nothing', async () => {
  await using pipeline = await openQuarantine(10);
  const first = await pipeline.batch(['rejected', 'replay', '--all', '--batch', 'r-1']);
  const again = await pipeline.batch(['rejected', 'replay', '--all', '--batch', 'r-1']);
  expect(again).toEqual({ ...first, duration_ms: again.duration_ms });
  expect(await pipeline.batch(['rejected', 'replay', '--all'])).toMatchObject({ planned: 0, loaded: 0 });
  expect(await totals(pipeline)).toEqual(allLoaded(10));
});

test.each(['before', 'after'])(
  "a replay's id given to `etl run` is refused %s it was loaded, and the replay is as it was",
  async (when) => {
    await using pipeline = await openQuarantine(3);
    const replay = ['rejected', 'replay', '--all', '--batch', 'replay-1'];
    if (when === 'before') await pipeline.etl(replay, { ETL_FAILPOINT: 'before-commit' });
    else await pipeline.batch(replay);
    const ledger = async (): Promise<unknown> =>
      pipeline.query("select kind, state, error_code from etl_batches where batch_id = 'replay-1'");
    const before = await ledger();
    for (const command of ['run', 'extract', 'load']) {
      const { exitCode, logs } = await pipeline.etl([command, '--batch', 'replay-1']);
      expect({ command, exitCode }).toEqual({ command, exitCode: 64 });
      expect(logs.at(-1)?.msg).toContain(
        'batch replay-1 is a replay of rejected records: `etl rejected replay --batch replay-1` goes on',
      );
    }
    expect(await ledger()).toEqual(before);
    await pipeline.batch(replay);
    expect(await totals(pipeline)).toEqual(allLoaded(3));
  },
);

test('what is rejected again stays open with the reasons of today, and the ledger balances', async () => {
  await using pipeline = await openPipeline({ partitions: 1, env: { ETL_MESSAGE_MAX_BYTES: '10' } });
  const twice = aTransaction({ order_id: 'twice' });
  await pipeline.publish([twice, twice, { ...twice, amount: '1.00' }, { value: 'not JSON at all' }]);
  await pipeline.batch(['run']);
  expect(await reasons(pipeline)).toEqual(
    Array.from({ length: 4 }, () => ({ reason_code: 'too_large', stage: 'validate', status: 'open' })),
  );
  const env = { ETL_MESSAGE_MAX_BYTES: '65536' };
  const summary = await pipeline.batch(['rejected', 'replay', '--all', '--batch', 'r-1'], env);
  expect(summary).toMatchObject({ read: 4, loaded: 1, duplicates: 1, rejected: 2 });
  expect(await reasons(pipeline)).toEqual([
    { reason_code: 'too_large', stage: 'validate', status: 'replayed' },
    { reason_code: 'too_large', stage: 'validate', status: 'replayed' },
    { reason_code: 'order_id_conflict', stage: 'transform', status: 'open' },
    { reason_code: 'not_json', stage: 'validate', status: 'open' },
  ]);
  const outcomes = await pipeline.query(`
    select "offset"::int, c.reason_code, c.outcome from replay_claims c join rejected_transactions using (rejected_id)
    order by "offset"`);
  expect(outcomes).toEqual([
    { offset: 0, reason_code: 'too_large', outcome: 'loaded' },
    { offset: 1, reason_code: 'too_large', outcome: 'duplicate' },
    { offset: 2, reason_code: 'too_large', outcome: 'rejected' },
    { offset: 3, reason_code: 'too_large', outcome: 'rejected' },
  ]);
});

async function reasons(pipeline: Pipeline): Promise<unknown[]> {
  return pipeline.query('select reason_code, stage, status from rejected_transactions order by "offset"');
}

test('a replay killed between its claim and its load loads everything once when it is run again', async () => {
  await using pipeline = await openQuarantine(200);
  const { env } = pipeline;
  const args = ['rejected', 'replay', '--all', '--batch', 'r-1', '--json'];
  {
    await using blocker = await holdState(pipeline);
    const running = startEtl(args, { env });
    await blocker.waitForWaiting(1);
    await running.kill();
  }
  expect(await pipeline.query('select state from etl_batches where batch_id = $1', ['r-1'])).toEqual([
    { state: 'planned' },
  ]);
  expect(await totals(pipeline)).toMatchObject({ facts: 0, open: 200 });
  const late = aTransaction({ order_id: 'late', timestamp: old });
  await pipeline.publish([late]);
  await pipeline.batch(['run'], strict);
  // The claim stands: what was rejected since is not part of it.
  expect(await pipeline.batch(['rejected', 'replay', '--all', '--batch', 'r-1', '--limit', '200'])).toMatchObject({
    loaded: 200,
  });
  expect(await totals(pipeline)).toMatchObject({ facts: 200, open: 1, replayed: 200, profiles: 200 });
});

test('of two replays of the same records at once, one loads them and the other has no effect', async () => {
  await using pipeline = await openQuarantine(100);
  const { env } = pipeline;
  const both = await (async () => {
    await using blocker = await holdState(pipeline);
    const running = ['r-1', 'r-2'].map((id) =>
      startEtl(['rejected', 'replay', '--all', '--batch', id, '--json'], { env }),
    );
    await blocker.waitForWaiting(2);
    return running;
  })();
  const finished = await Promise.all(both.map(async ({ finished: end }) => end));
  expect(finished.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  const states = finished.flatMap((end) => summariesOf(end).map(({ state, loaded }) => `${state} ${loaded}`));
  expect(states.toSorted()).toEqual(['loaded 100', 'superseded null']);
  expect(await totals(pipeline)).toEqual(allLoaded(100));
});

test('a replay beside a batch of new sales: each sees what the other has loaded', async () => {
  await using pipeline = await openQuarantine(50);
  const { env } = pipeline;
  // The same orders again, as valid as the replay finds them.
  await pipeline.publish(
    someTransactions(50, (index) => ({
      order_id: `order-${index}`,
      timestamp: old,
      amount: '10.00',
      customer_id: `customer-${index % 5}`,
    })),
  );
  const both = await (async () => {
    await using blocker = await holdState(pipeline);
    const running = [['rejected', 'replay', '--all'], ['run']].map((args) => startEtl([...args, '--json'], { env }));
    await blocker.waitForWaiting(2);
    return running;
  })();
  const summaries = (await Promise.all(both.map(async ({ finished }) => finished))).flatMap(summariesOf);
  expect(summaries.map(({ read }) => read)).toEqual([50, 50]);
  expect(summaries.reduce((sum, { loaded }) => sum + (loaded ?? 0), 0)).toBe(50);
  expect(summaries.reduce((sum, { duplicates }) => sum + (duplicates ?? 0), 0)).toBe(50);
  expect(await totals(pipeline)).toEqual(allLoaded(50));
});

test('a replay larger than a batch may be takes several', async () => {
  await using pipeline = await openQuarantine(25);
  const finished = await pipeline.etl(['rejected', 'replay', '--all', '--batch', 'r-1'], {
    ETL_BATCH_MAX_MESSAGES: '10',
  });
  expect(summariesOf(finished).map(({ batch_id: id, loaded }) => [id, loaded])).toEqual([
    ['r-1', 10],
    ['r-1.2', 10],
    ['r-1.3', 5],
  ]);
  expect(await totals(pipeline)).toEqual(allLoaded(25));
});

test('a dry run shows the result and changes nothing', async () => {
  await using pipeline = await openQuarantine(8);
  await pipeline.publish([{ value: '{}' }]);
  await pipeline.batch(['run'], strict);
  const before = await totals(pipeline);
  const { stdout } = await pipeline.etl(['rejected', 'replay', '--all', '--dry-run']);
  expect(JSON.parse(stdout)).toEqual({
    dry_run: true,
    matched: 9,
    loaded: 8,
    duplicates: 0,
    rejected: 1,
    reasons: { missing_field: 1 },
  });
  expect(await totals(pipeline)).toEqual(before);
  expect(await pipeline.query(`select 1 from etl_batches where kind = 'replay'`)).toEqual([]);
});

test('discarded records stay in the table with who and why, and no replay takes them', async () => {
  await using pipeline = await openQuarantine(4);
  const flags = ['--order-id', 'order-2', '--reason', 'a test of the shop'];
  const { stdout } = await pipeline.etl(['rejected', 'discard', ...flags]);
  expect(JSON.parse(stdout)).toEqual({ discarded: 1 });
  expect(await pipeline.batch(['rejected', 'replay', '--all'])).toMatchObject({ loaded: 3 });
  const [discarded] = await pipeline.query(`
    select order_id, status_reason, status_changed_by is not null as by, status_changed_at is not null as at, raw_value is not null as raw
    from rejected_transactions where status = 'discarded'`);
  expect(discarded).toEqual({
    order_id: 'order-2',
    status_reason: 'a test of the shop',
    by: true,
    at: true,
    raw: true,
  });
});

test.each([
  '--reason-code timestamp_too_old',
  '--from-batch first',
  '--since 1h',
  '--partition 0 --offset 0',
  '--id 1,2',
])('rejected list %s finds what it names and nothing else', async (flags) => {
  await using pipeline = await openQuarantine(6);
  const expected = await pipeline.query<{ id: number }>(
    `select rejected_id::int as id from rejected_transactions
       where $1 or ($2 and partition = 0 and "offset" = 0) or ($3 and rejected_id in (1, 2)) order by 1 desc`,
    [!/offset|id/.test(flags), flags.includes('offset'), flags.includes('--id')],
  );
  const { stdout } = await pipeline.etl(['rejected', 'list', ...flags.split(' ')]);
  const { records } = JSON.parse(stdout);
  expect(records.map(({ rejectedId }: { rejectedId: number }) => rejectedId)).toEqual(expected.map(({ id }) => id));
  expect(
    JSON.parse((await pipeline.etl(['rejected', 'list', ...flags.split(' '), '--status', 'replayed'])).stdout),
  ).toMatchObject({ total: 0 });
});

test('a record is shown with its bytes and every finding', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([{ key: 'k', value: '{"order_id":"a","amount":"-1"}' }]);
  await pipeline.batch(['run']);
  const { record } = JSON.parse((await pipeline.etl(['rejected', 'show', '1'])).stdout);
  expect(Buffer.from(record.rawValue, 'base64').toString()).toBe('{"order_id":"a","amount":"-1"}');
  expect(record.errors.length).toBeGreaterThan(2);
});

test.each([
  ['replay without a filter', ['rejected', 'replay']],
  ['discard without a filter', ['rejected', 'discard', '--reason', 'x']],
  ['discard without a reason', ['rejected', 'discard', '--all']],
  ['a record that is not there', ['rejected', 'show', '99']],
  ['a replay under the id of another batch', ['rejected', 'replay', '--all', '--batch', 'first']],
  ['a time that is none', ['rejected', 'list', '--since', 'yesterday']],
])('usage: %s ends with 64', async (_name, args) => {
  await using pipeline = await openQuarantine(1);
  expect(await pipeline.etl(args)).toMatchObject({ exitCode: 64 });
});

/** Holds the lock that every load needs. */
async function holdState({ client }: Pipeline) {
  const held = await openClient(urlOf(client));
  await held.client.query('begin');
  await held.client.query('select 1 from warehouse_state for update');
  return {
    waitForWaiting: async (sessions: number) =>
      vi.waitFor(
        async () => {
          const { rows } = await client.query(`
            select pid from pg_stat_activity
            where datname = current_database() and application_name like 'etl load%' and wait_event_type = 'Lock'`);
          expect(rows).toHaveLength(sessions);
        },
        { timeout: 20_000, interval: 20 },
      ),
    [Symbol.asyncDispose]: async () => {
      await held.client.query('rollback');
      await held[Symbol.asyncDispose]();
    },
  };
}

function urlOf({ user, password, host, port, database }: Pipeline['client']): string {
  return `postgres://${user}:${password ?? ''}@${host}:${port}/${database}`;
}
