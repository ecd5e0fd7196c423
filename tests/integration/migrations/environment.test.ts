import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { restoreGuard } from '../../../migrations/src/restore-guard.ts';
import { runMigrate, type Finished } from '../../support/programs.ts';
import { freshWarehouse, openClient, type ScratchWarehouse } from '../../support/warehouse.ts';
import { olderWarehouse } from './older-warehouse.ts';

type Variables = Readonly<Record<string, string>>;

const production = { STACK_ENVIRONMENT: 'production' };
const development = { STACK_ENVIRONMENT: 'development', WAREHOUSE_SEED: 'sample' };

const sampleRate = `
  insert into exchange_rates (base, quote, rate, valid_from, valid_to, source)
  values ('USD', 'EUR', 0.5, '2020-01-01', '2020-01-02', 'sample')`;

test('a warehouse of production is never migrated or seeded as one for development', async () => {
  await using warehouse = await freshWarehouse();
  expect(await migrator(warehouse, ['up'], production)).toMatchObject({ exitCode: 0 });
  const { exitCode, stderr } = await migrator(warehouse, ['up'], development);
  expect(exitCode).toBe(64);
  expect(stderr).toContain('is for production (its mark says so), and this is for development');
  expect(stderr).toContain('make mark AS=development');
  // Without a word of what it is for, the mark still holds.
  expect(await migrator(warehouse, ['up'], { WAREHOUSE_SEED: 'sample' })).toMatchObject({ exitCode: 64 });
  expect(await samples(warehouse)).toEqual({ environment: 'production', samples: 0 });
});

test('production does not begin on a warehouse of development', async () => {
  await using warehouse = await freshWarehouse();
  await migrator(warehouse, ['up'], development);
  const { exitCode, stderr } = await migrator(warehouse, ['up'], production);
  expect(exitCode).toBe(64);
  expect(stderr).toContain('is for development');
});

test('production with sample rates for a seed is refused by name', async () => {
  await using warehouse = await freshWarehouse();
  const { exitCode, stderr } = await migrator(warehouse, ['up'], { ...production, WAREHOUSE_SEED: 'sample' });
  expect(exitCode).toBe(64);
  expect(stderr).toContain('WAREHOUSE_SEED');
});

test('no way leads a sample row into a warehouse of production', async () => {
  await using warehouse = await freshWarehouse();
  await migrator(warehouse, ['up'], production);
  await using owner = await openClient(warehouse.url);
  const violation = { code: '23514' };
  await expect(owner.client.query(sampleRate)).rejects.toMatchObject(violation);
  await owner.client.query(sampleRate.replace('sample', 'a bank'));
  await expect(owner.client.query(`update exchange_rates set source = 'sample'`)).rejects.toMatchObject(violation);
  await expect(owner.client.query(`update tax_rates set source = 'sample'`)).rejects.toMatchObject(violation);
  // Nor does the schedule's daily extension begin.
  await expect(owner.client.query('update warehouse_state set sample_rates_until = now()')).rejects.toMatchObject(
    violation,
  );
});

test.each([
  ['sample rates', sampleRate, 'development', 'it has no mark and holds 1 sample exchange rates'],
  [
    'batches and no sample rate',
    `insert into etl_batches (batch_id, kind, rule_set_version, code_version) values ('b', 'manual', '1', '1')`,
    'production',
    'it has no mark and holds batches without sample rates',
  ],
] as const)('a warehouse of an older release with %s is known for what it is', async (_what, rows, is, evidence) => {
  await using warehouse = await olderWarehouse(9);
  await using owner = await openClient(warehouse.url);
  await owner.client.query(rows);
  const other = is === 'production' ? development : production;
  const refused = await migrator(warehouse, ['up'], other);
  expect(refused).toMatchObject({ exitCode: 64 });
  expect(refused.stderr).toContain(evidence);
  // Nothing was changed by the refusal.
  expect((await owner.client.query('select from drizzle.__drizzle_migrations')).rowCount).toBe(9);
  expect(await migrator(warehouse, ['up'], { STACK_ENVIRONMENT: is })).toMatchObject({ exitCode: 0 });
  expect(await samples(warehouse)).toMatchObject({ environment: is });
});

test('a production warehouse that was seeded by accident is cleaned and marked by one command', async () => {
  await using warehouse = await olderWarehouse(9);
  await using owner = await openClient(warehouse.url);
  await owner.client.query(sampleRate);
  const refused = await migrator(warehouse, ['mark', 'production']);
  expect(refused).toMatchObject({ exitCode: 64 });
  expect(refused.stderr).toContain('REMOVE_SAMPLES=1');
  expect(await migrator(warehouse, ['mark', 'production', '--remove-samples'])).toMatchObject({ exitCode: 0 });
  expect(await samples(warehouse)).toEqual({ environment: 'production', samples: 0 });
  expect(await migrator(warehouse, ['up'], production)).toMatchObject({ exitCode: 0 });
});

test('a warehouse of production is not reset', async () => {
  await using warehouse = await freshWarehouse();
  await migrator(warehouse, ['up'], production);
  const { exitCode, stderr } = await migrator(warehouse, ['reset', '--yes']);
  expect(exitCode).toBe(64);
  expect(stderr).toContain('is for production: nothing was dropped');
});

test.each([
  ['development', development, production],
  ['production', production, development],
] as const)('a backup of %s is not restored into the other environment', async (name, from, into) => {
  await using source = await freshWarehouse();
  await using target = await freshWarehouse();
  const folder = await mkdtemp(join(tmpdir(), 'pulse-backup-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'warehouse.backup');
  await migrator(source, ['up'], from);
  await migrator(target, ['up'], into);
  await migrator(source, ['backup', '--file', path]);
  const { exitCode, stderr } = await migrator(target, ['restore', '--file', path, '--yes'], into);
  expect(exitCode).toBe(64);
  expect(stderr).toContain(`is a backup of ${name}`);
  expect(await samples(target)).toMatchObject({ environment: into.STACK_ENVIRONMENT });
});

/** What docker/restore-warehouse.sh does: one transaction, with the guard's SQL around the replacement. */
async function restoreGuarded(warehouse: ScratchWarehouse, change: string): Promise<unknown> {
  await migrator(warehouse, ['up'], production);
  await using owner = await openClient(warehouse.url);
  const { before, after } = restoreGuard('production');
  await owner.client.query(`update warehouse_state set state_version = 41; begin; ${before}`);
  await owner.client.query(`update warehouse_state set state_version = 3; ${change}; ${after}; commit`);
  return (await owner.client.query('select state_version from warehouse_state')).rows[0];
}

test('the guard lets a dump of the same environment pass, with a state that was never seen', async () => {
  await using warehouse = await freshWarehouse();
  expect(await restoreGuarded(warehouse, '')).toEqual({ state_version: '42' });
});

test.each([
  ['of development', `update warehouse_state set environment = 'development'`, 'this is a backup of development'],
  [
    'of a newer release',
    `insert into drizzle.__drizzle_migrations (hash, created_at) values ('unknown', 1); update warehouse_state set release = '9.1'`,
    'it was made by release 9.1',
  ],
  ['of something else', 'drop schema drizzle cascade', 'this is no backup of a warehouse'],
])('the guard refuses a dump %s', async (_what, change, message) => {
  await using warehouse = await freshWarehouse();
  await expect(restoreGuarded(warehouse, change)).rejects.toThrow(message);
});

test('restore-guard prints what the container of the warehouse runs', async () => {
  await using warehouse = await freshWarehouse();
  expect(await migrator(warehouse, ['restore-guard', 'after'], production)).toMatchObject({
    exitCode: 0,
    // The program that prints is a bundle, with the same migrations beside it.
    stdout: restoreGuard('production').after.trimEnd(),
  });
});

async function samples(warehouse: ScratchWarehouse): Promise<unknown> {
  await using owner = await openClient(warehouse.url);
  const { rows } = await owner.client.query(
    `select environment, (select count(*)::int from exchange_rates where source = 'sample') as samples from warehouse_state`,
  );
  return rows[0];
}

function migrator({ url, roles }: ScratchWarehouse, args: readonly string[], more: Variables = {}): Promise<Finished> {
  return runMigrate(args, {
    env: {
      WAREHOUSE_DATABASE_URL: url,
      WAREHOUSE_ETL_USER: roles.etl.name,
      WAREHOUSE_READER_USER: roles.reader.name,
      ...more,
    },
  });
}
