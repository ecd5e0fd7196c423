import { expect, test, vi } from 'vitest';

import { someTransactions } from '../../support/messages.ts';
import { openNetworkProxy, type LinkWatch, type NetworkProxy } from '../../support/network-proxy.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { startEtl } from '../../support/programs.ts';

const temporary = 75;
const waitSeconds = 2;
/** Beyond the silence and the wait: start-up, two looks a second apart, and a slow machine. */
const marginMs = 15_000;

test.each([
  ['in the middle of its COPY', 'copy "transactions"', 'half-open'],
  ['before its COMMIT is answered', 'commit', 'half-open'],
  ['while it plans', 'insert into "etl_batches"', 'half-open'],
])('a run whose connection goes dead %s ends in 75, and its retry loads the batch once', async (_, words, said) => {
  await using pipeline = await openPipeline();
  await pipeline.publish(someTransactions(1000));
  await using proxy = await proxyTo(pipeline, () => freezesAfter(words));
  const startedMs = performance.now();
  const { exitCode, logs } = await pipeline.etl(['run', '--batch', 'b'], through(pipeline, proxy));
  expect(exitCode).toBe(temporary);
  expect(performance.now() - startedMs).toBeLessThan(2 * waitSeconds * 1000 + marginMs);
  expect(logs.at(-1)).toMatchObject({ kind: 'temporary', msg: expect.stringContaining(said) });
  expect(await pipeline.batch(['run', '--batch', 'b'])).toMatchObject({ state: 'loaded', loaded: 1000 });
  expect(await pipeline.query('select count(*)::int from transactions')).toEqual([{ count: 1000 }]);
});

test('a run whose warehouse is gone without a word ends in 75', async () => {
  await using pipeline = await openPipeline();
  await pipeline.publish(someTransactions(10));
  await using proxy = await proxyTo(pipeline, () => freezesAfter('insert into "etl_batches"', () => proxy.freezeNew()));
  const { exitCode, logs } = await pipeline.etl(['run', '--batch', 'b'], through(pipeline, proxy));
  expect(exitCode).toBe(temporary);
  expect(logs.at(-1)?.msg).toContain('can not be reached');
});

test('a load that waits for a lock through several looks at it goes on', async () => {
  await using pipeline = await openPipeline();
  await pipeline.publish(someTransactions(10));
  let connections = 0;
  await using proxy = await proxyTo(pipeline, () => ({ ...passes, opened: (connections += 1) }));
  await pipeline.client.query('begin');
  await pipeline.client.query('select from warehouse_state for update');
  const running = startEtl(['run', '--batch', 'b', '--json'], {
    env: { ...pipeline.env, ...through(pipeline, proxy) },
  });
  // The run's own, and three that have asked about it.
  await vi.waitFor(() => expect(connections).toBeGreaterThanOrEqual(4), { timeout: 40_000, interval: 50 });
  await pipeline.client.query('rollback');
  expect((await running.finished).exitCode).toBe(0);
});

test('a COPY that the database takes its time for goes on', async () => {
  await using pipeline = await openPipeline();
  await pipeline.query(`
    create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(0.02); return new; end'`);
  await pipeline.query('create trigger slow before insert on transactions for each row execute function slow()');
  await pipeline.publish(someTransactions(500));
  let connections = 0;
  await using proxy = await proxyTo(pipeline, () => ({ ...passes, opened: (connections += 1) }));
  expect(await pipeline.batch(['run'], through(pipeline, proxy))).toMatchObject({ state: 'loaded', loaded: 500 });
  expect(connections).toBeGreaterThanOrEqual(3);
});

const passes: LinkWatch = {};

/** Freezes a connection when the client has sent some words, and what follows them is on its way. */
function freezesAfter(words: string, onFreeze: () => void = () => undefined): LinkWatch {
  let isArmed = false;
  return {
    fromClient: (bytes) => {
      if (isArmed) {
        onFreeze();
        return 'freeze';
      }
      isArmed = bytes.includes(words);
      return 'pass';
    },
    fromServer: () => {
      // The answer to anything but a COPY, whose client goes on sending.
      if (!isArmed || words.startsWith('copy')) return 'pass';
      onFreeze();
      return 'freeze';
    },
  };
}

async function proxyTo({ env }: Pipeline, watch: () => LinkWatch): Promise<NetworkProxy> {
  const { hostname: host, port } = new URL(env['WAREHOUSE_DATABASE_URL'] ?? '');
  return openNetworkProxy({ host, port: Number(port) }, watch);
}

function through({ env }: Pipeline, { port }: NetworkProxy): Record<string, string> {
  const url = new URL(env['WAREHOUSE_DATABASE_URL'] ?? '');
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return { WAREHOUSE_DATABASE_URL: url.href, WAREHOUSE_WAIT_SECONDS: String(waitSeconds) };
}
