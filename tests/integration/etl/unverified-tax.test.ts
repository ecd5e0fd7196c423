import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { aTransaction } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';
import { runEtl } from '../../support/programs.ts';

/** Two rules of a country that no shipped rule is for: one that nobody has verified before the day that it is known for. */
async function openBouvet(env: Record<string, string> = {}): Promise<Pipeline> {
  const pipeline = await openPipeline({ partitions: 1, env });
  await pipeline.query(`
    insert into tax_rates (country, rate, valid_from, valid_to, source, is_verified)
    values ('BV', 0.07, '2015-01-01', '2026-11-22', 'hearsay', false), ('BV', 0.07, '2026-11-22', null, 'A; B', true)`);
  return pipeline;
}

const before = aTransaction({ order_id: 'before', country: 'BV', timestamp: '2026-11-21T12:00:00Z' });
const after = aTransaction({ order_id: 'after', country: 'BV', timestamp: '2026-11-22T12:00:00Z' });
const verify = ['tax-rates', 'verify', '--country', 'BV', '--rate', '0.07', '--source', 'Law 7', '--reason', 'read it'];

test('a transaction taxed by an unverified rate is quarantined before the day that the rate is known for, not after it', async () => {
  await using pipeline = await openBouvet({ ETL_TAX_UNVERIFIED: 'quarantine' });
  await pipeline.publish([before, after]);
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 1, rejected: 1 });
  expect(await pipeline.query('select order_id, reason_code from rejected_transactions')).toEqual([
    { order_id: 'before', reason_code: 'tax_rate_unverified' },
  ]);
});

test('what was quarantined is loaded by a replay once somebody has verified the rate, on record', async () => {
  await using pipeline = await openBouvet({ ETL_TAX_UNVERIFIED: 'quarantine' });
  await pipeline.publish([before]);
  await pipeline.batch(['run']);
  const dry = await pipeline.etl([...verify, '--by', 'astrid', '--dry-run']);
  expect(JSON.parse(dry.stdout)).toMatchObject({ dry_run: true, added: 1, superseded: 1, unchanged: 1 });
  expect(await pipeline.query("select 1 from tax_rates where verified_by = 'astrid'")).toEqual([]);
  expect((await pipeline.etl([...verify, '--by', 'astrid'])).exitCode).toBe(0);
  expect(
    await pipeline.query(`
      select valid_from::text, valid_to::text, source, is_verified, verified_by, verified_reason, superseded_by is null as is_in_force
      from tax_rates where country = 'BV' and valid_from < '2026-11-22' order by tax_rate_id`),
  ).toEqual([
    {
      valid_from: '2015-01-01',
      valid_to: '2026-11-22',
      source: 'hearsay',
      is_verified: false,
      verified_by: null,
      verified_reason: null,
      is_in_force: false,
    },
    {
      valid_from: '2015-01-01',
      valid_to: '2026-11-22',
      source: 'Law 7',
      is_verified: true,
      verified_by: 'astrid',
      verified_reason: 'read it',
      is_in_force: true,
    },
  ]);
  await pipeline.etl(['rejected', 'replay', '--reason-code', 'tax_rate_unverified']);
  expect(await pipeline.query('select order_id, trim_scale(tax_rate)::text as rate from transactions')).toEqual([
    { order_id: 'before', rate: '0.07' },
  ]);
});

test('a rate that is not in force can not be verified', async () => {
  await using pipeline = await openBouvet();
  const wrong = await pipeline.etl(verify.with(5, '0.08'));
  expect(wrong.exitCode).toBe(64);
  expect(wrong.stderr).toContain('no rule of BV/*/* has a rate of 0.08');
});

test('an unverified rate is charged where that is accepted, and explain says so until it is verified', async () => {
  await using pipeline = await openBouvet();
  await pipeline.publish([before, after]);
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 2 });
  const tax = async (orderId: string): Promise<unknown> => {
    const { stdout } = await pipeline.etl(['explain', orderId]);
    return JSON.parse(stdout).figures[1].arithmetic;
  };
  expect(await tax('before')).toContain('0.07 (BV, 2026-11-21, unverified)');
  expect(await tax('after')).toContain('0.07 (BV, 2026-11-22)');
  await pipeline.etl(verify);
  expect(await tax('before')).toContain('0.07 (BV, 2026-11-21)');
});

test('status and the list count what was charged by unverified rates, until they are verified', async () => {
  await using pipeline = await openBouvet();
  const today = new Date().toISOString();
  await pipeline.query("delete from tax_rates where country = 'BV' and is_verified");
  await pipeline.query("update tax_rates set valid_to = null where country = 'BV'");
  await pipeline.publish([{ ...before, timestamp: today }, { ...after, timestamp: today }, aTransaction()]);
  await pipeline.batch(['run']);
  const charged = [
    {
      country: 'BV',
      productCategory: 'electronics',
      taxRate: '0.07',
      transactionCount: 2,
      amountBase: '300',
      taxBase: '21',
    },
  ];
  const status = async (): Promise<unknown> => JSON.parse((await pipeline.etl(['status'])).stdout).unverifiedTax;
  expect(await status()).toEqual({ days: 30, charges: charged });
  const listed = JSON.parse((await pipeline.etl(['tax-rates', 'list', '--unverified', '--country', 'BV'])).stdout);
  expect(listed).toMatchObject({ rules: [{ country: 'BV', isVerified: false }], charged });
  const { stdout } = await runEtl(['status'], { env: pipeline.env });
  expect(stdout).toContain('2 transactions in 30 days: BV/electronics 0.07 (2 transactions, tax 21)');
  await pipeline.etl(verify);
  expect(await status()).toEqual({ days: 30, charges: [] });
});

test('a minute that two local days have in common counts once, and its tax by each day', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  const at = { customer_id: 'one', amount: '100.00' };
  await pipeline.publish([
    aTransaction({ ...at, order_id: 'west', timestamp: '2026-11-20T19:30:10-05:00' }),
    aTransaction({ ...at, order_id: 'utc', timestamp: '2026-11-21T00:30:20Z' }),
    aTransaction({ ...at, order_id: 'west-2', timestamp: '2026-11-20T19:30:30-05:00' }),
  ]);
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 3 });
  expect(
    await pipeline.query('select transaction_count::int as count, tax_sum::float8 as tax from sales_per_minute'),
  ).toEqual([{ count: 3, tax: 25.5 }]);
  expect(
    await pipeline.query('select tax_date::text, transaction_count::int as count from tax_per_day order by tax_date'),
  ).toEqual([
    { tax_date: '2026-11-20', count: 2 },
    { tax_date: '2026-11-21', count: 1 },
  ]);
});

test('what was taxed by a rate that has been corrected since counts as unverified until it is computed again', async () => {
  await using pipeline = await openBouvet();
  await pipeline.publish([after]);
  await pipeline.batch(['run']);
  const charged = async (): Promise<unknown> =>
    JSON.parse((await pipeline.etl(['tax-rates', 'list', '--unverified', '--country', 'BV'])).stdout).charged;
  expect(await charged()).toEqual([]);
  const file = join(pipeline.stagingDir, 'rules.csv');
  await writeFile(file, 'country,rate,valid_from,source,is_verified\nBV,0.09,2026-11-22,law of 2026,true\n');
  await pipeline.etl(['tax-rates', 'import', file]);
  expect(await charged()).toMatchObject([{ country: 'BV', taxRate: '0.07', transactionCount: 1 }]);
  await pipeline.etl(['reprocess', '--from', '2026-11-22', '--to', '2026-11-22']);
  expect(await charged()).toEqual([]);
});

test('reprocess keeps the figures of what an unverified rate would change, and counts them', async () => {
  await using pipeline = await openBouvet();
  await pipeline.publish([after]);
  await pipeline.batch(['run']);
  const file = join(pipeline.stagingDir, 'rules.csv');
  await writeFile(file, 'country,rate,valid_from,source\nBV,0.09,2026-11-22,hearsay\n');
  expect((await pipeline.etl(['tax-rates', 'import', file])).exitCode).toBe(0);
  const window = ['reprocess', '--from', '2026-11-22', '--to', '2026-11-22'];
  const strict = await pipeline.etl(window, { ETL_TAX_UNVERIFIED: 'quarantine' });
  expect(JSON.parse(strict.stdout)).toMatchObject({ revised: 0, unresolved: { tax_rate_unverified: 1 } });
  expect(JSON.parse((await pipeline.etl(window)).stdout)).toMatchObject({ revised: 1, unresolved: {} });
});

test('an import says whether a rule is verified; where it does not, a rule that is known keeps what it was', async () => {
  await using pipeline = await openBouvet();
  const file = join(pipeline.stagingDir, 'rules.csv');
  const importOf = async (lines: readonly string[]): Promise<unknown> => {
    await writeFile(file, lines.join('\n'));
    return JSON.parse((await pipeline.etl(['tax-rates', 'import', file])).stdout);
  };
  const header = 'country,rate,valid_from,source,is_verified';
  expect(await importOf([header, 'BV,0.07,2026-11-22,A; B,'])).toMatchObject({ added: 0, unchanged: 1 });
  expect(await importOf([header, 'BV,0.07,2026-11-22,A; B,false'])).toMatchObject({ added: 1, superseded: 1 });
  expect(await importOf([header, 'BV,0.07,2026-11-22,A; B,true'])).toMatchObject({ added: 1, superseded: 1 });
  expect(
    await pipeline.query(`
      select is_verified, verified_by is not null as is_by_somebody, verified_reason
      from tax_rates where country = 'BV' and valid_from = '2026-11-22' order by tax_rate_id`),
  ).toEqual([
    { is_verified: true, is_by_somebody: false, verified_reason: null },
    { is_verified: false, is_by_somebody: false, verified_reason: null },
    { is_verified: true, is_by_somebody: true, verified_reason: 'import of rules.csv' },
  ]);
});
