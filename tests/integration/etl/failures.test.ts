import { join } from 'node:path';

import { expect, test } from 'vitest';

import { openPipeline } from '../../support/pipeline.ts';
import { aTransaction } from '../../support/messages.ts';
import { runEtl } from '../../support/programs.ts';

const usage = 64;
const temporary = 75;
/** Nothing listens on port 1. */
const nowhere = '127.0.0.1:1';
/** How long a command may go on beyond the time that it is told to wait. */
const marginMs = 10_000;

test('a warehouse that is away ends in 75 within the limit', async () => {
  const env = {
    WAREHOUSE_DATABASE_URL: `postgresql://etl:secret-word@${nowhere}/warehouse`,
    WAREHOUSE_WAIT_SECONDS: '1',
  };
  const startedMs = performance.now();
  const { exitCode, stderr, logs } = await runEtl(['run', '--batch', 'b'], { env });
  expect(exitCode).toBe(temporary);
  expect(performance.now() - startedMs).toBeLessThan(1000 + marginMs);
  expect(logs.at(-1)).toMatchObject({ kind: 'temporary' });
  expect(stderr).not.toContain('secret-word');
});

test('a Kafka that is away ends in 75 within the limit, and the retry of the batch loads it', async () => {
  await using pipeline = await openPipeline();
  await pipeline.publish([aTransaction()]);
  const away = { KAFKA_BOOTSTRAP_SERVERS: nowhere, KAFKA_WAIT_SECONDS: '1' };
  const startedMs = performance.now();
  const { exitCode, logs } = await pipeline.etl(['run', '--batch', 'b'], away);
  expect(exitCode).toBe(temporary);
  expect(performance.now() - startedMs).toBeLessThan(1000 + marginMs);
  expect(logs.at(-1)?.msg).toContain(nowhere);
  expect(await pipeline.batch(['run', '--batch', 'b'])).toMatchObject({ state: 'loaded', loaded: 1 });
});

test('status shows what the warehouse knows while Kafka is away, and ends with 75', async () => {
  await using pipeline = await openPipeline({ partitions: 2 });
  await pipeline.publish([aTransaction(), aTransaction(), { value: '{' }]);
  await pipeline.batch(['run', '--batch', 'b'], { ETL_BATCH_MAX_MESSAGES: '2' });
  const away = { KAFKA_BOOTSTRAP_SERVERS: nowhere, KAFKA_WAIT_SECONDS: '60' };
  const startedMs = performance.now();
  const { exitCode, stdout } = await pipeline.etl(['status'], away);
  expect(performance.now() - startedMs).toBeLessThan(5000 + marginMs);
  expect(exitCode).toBe(temporary);
  const known = JSON.parse(stdout);
  expect(known).toMatchObject({ lag: 1, kafkaError: expect.any(String), batches: [{ batchId: 'b', state: 'loaded' }] });
  const answered = JSON.parse((await pipeline.etl(['status'])).stdout);
  expect(answered).toMatchObject({ lag: 1, kafkaError: null });
  expect(known.partitions).toEqual(answered.partitions);
  const { stdout: text } = await runEtl(['status'], { env: { ...pipeline.env, ...away, KAFKA_WAIT_SECONDS: '1' } });
  expect(text).toContain('Kafka does not answer, so ends and lag are those of the newest plan:');
});

test('a staging area that can not be written to is named, and nothing is lost', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish([aTransaction()]);
  // A folder below a file, and one of a file system that nobody writes to.
  for (const folder of [join(import.meta.filename, 'staging'), '/sys/pulse-staging']) {
    const { exitCode, logs } = await pipeline.etl(['run', '--batch', 'b'], { ETL_STAGING_DIR: folder });
    expect(exitCode).toBe(usage);
    expect(logs.at(-1)).toMatchObject({
      kind: 'usage',
      msg: expect.stringContaining(`the staging area ETL_STAGING_DIR=${folder} can not be written to: E`),
      remedy: expect.stringContaining('name another folder'),
    });
  }
  expect(await pipeline.batch(['run', '--batch', 'b'])).toMatchObject({ state: 'loaded', loaded: 1 });
});

test('Kafka away between extract and load does not matter: only the mirror waits for it', async () => {
  await using pipeline = await openPipeline();
  await pipeline.publish([aTransaction()]);
  await pipeline.batch(['extract', '--batch', 'b']);
  const away = { KAFKA_BOOTSTRAP_SERVERS: nowhere, KAFKA_WAIT_SECONDS: '0' };
  expect(await pipeline.batch(['load', '--batch', 'b'], away)).toMatchObject({ state: 'loaded', loaded: 1 });
});

test('a failure is noted in the ledger, and a load clears it', async () => {
  await using pipeline = await openPipeline();
  await pipeline.publish([aTransaction()]);
  await using lock = await holdState(pipeline.client);
  const hurried = { WAREHOUSE_LOCK_TIMEOUT_SECONDS: '0.2' };
  expect((await pipeline.etl(['run', '--batch', 'b'], hurried)).exitCode).toBe(temporary);
  await lock[Symbol.asyncDispose]();
  expect(await pipeline.query('select state, error_code from etl_batches')).toEqual([
    { state: 'planned', error_code: '55P03' },
  ]);
  await pipeline.batch(['run', '--batch', 'b']);
  expect(await pipeline.query('select state, error_code from etl_batches')).toEqual([
    { state: 'loaded', error_code: null },
  ]);
});

test.each([
  ['ETL_BATCH_MAX_MESSAGES', 'many'],
  ['WAREHOUSE_DB_PORT', '70000'],
  ['ETL_BASE_CURRENCY', 'dollars'],
  ['ETL_BASE_CURRENCY', 'ZZZ'],
  ['ETL_REJECT_SHARE_MAX', '7'],
  ['ETL_FAILPOINT', 'nowhere'],
  ['LOG_LEVEL', 'loud'],
])('a wrong %s is a usage error that names it and its value', async (name, value) => {
  const { exitCode, stderr } = await runEtl(['run'], { env: { [name]: value } });
  expect(exitCode).toBe(usage);
  expect(stderr).toContain(name);
  expect(stderr).toContain(value);
});

test.each([
  ['a wrong password', (url: URL) => void (url.password = 'wrong'), '28P01', 'WAREHOUSE_ETL_PASSWORD'],
  ['a database that is not there', (url: URL) => void (url.pathname = '/nowhere'), '3D000', 'WAREHOUSE_DB_NAME'],
])('%s is a usage error that tells what to check', async (_, spoil, code, remedy) => {
  await using pipeline = await openPipeline();
  const url = new URL(pipeline.env['WAREHOUSE_DATABASE_URL'] ?? '');
  spoil(url);
  const { exitCode, logs } = await pipeline.etl(['run'], { WAREHOUSE_DATABASE_URL: url.href });
  expect(exitCode).toBe(usage);
  expect(logs.at(-1)).toMatchObject({ code, remedy: expect.stringContaining(remedy) });
});

test('a warehouse without its tables is a usage error that tells to run the migrator', async () => {
  await using pipeline = await openPipeline();
  await pipeline.query('alter table etl_batches rename to hidden');
  const { exitCode, logs } = await pipeline.etl(['run']);
  expect(exitCode).toBe(usage);
  expect(logs.at(-1)).toMatchObject({ code: '42P01', remedy: expect.stringContaining('make db-migrate') });
});

test.each([
  ['an unknown command', ['explode']],
  ['an unknown flag', ['run', '--fast']],
  ['a step without a batch', ['extract']],
  ['a batch id with a slash', ['extract', '--batch', '../escape']],
  ['an empty batch id', ['run', '--batch', '']],
  ['a batch id of 201 characters', ['run', '--batch', 'b'.repeat(201)]],
])('%s is a usage error', async (_, args) => {
  await using pipeline = await openPipeline();
  const { exitCode, stdout, stderr } = await runEtl(args, { env: pipeline.env });
  expect(exitCode).toBe(usage);
  expect(stdout).toBe('');
  expect(stderr).not.toBe('');
});

test('--help exits 0 and tells of every command and the exit codes', async () => {
  const { exitCode, stdout } = await runEtl(['--help'], { env: {} });
  expect(exitCode).toBe(0);
  for (const word of [
    'extract',
    'validate',
    'transform',
    'load',
    'run',
    'resume',
    'topics',
    'status',
    '65 integrity',
  ]) {
    expect(stdout).toContain(word);
  }
});

/** Holds the lock that a load needs, until it is disposed of. */
async function holdState(client: { query(sql: string): Promise<unknown> }): Promise<AsyncDisposable> {
  await client.query('begin');
  await client.query('select from warehouse_state for update');
  return { [Symbol.asyncDispose]: async () => void (await client.query('rollback')) };
}
