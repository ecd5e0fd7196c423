import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';
import * as z from 'zod';

import { aTransaction } from '../support/messages.ts';
import { runEtl } from '../support/programs.ts';
import { Stack } from './stack.ts';

test('a record rejected for a missing rate is loaded by the DAG etl_replay once the rate is there', async () => {
  await using stack = await Stack.open();
  const replays = stack.airflow.of('etl_replay');
  // The sample rates know no Romanian leu.
  await stack.sell([aTransaction({ order_id: 'e2e-replayed', amount: '90.00', currency: 'RON', country: 'RO' })]);
  expect(await recordOf(stack)).toEqual([{ reason_code: 'exchange_rate_missing', status: 'open' }]);
  await importRate(stack, 'USD,RON,4.5,2000-01-01,2100-01-01,test');

  const params = { reason_codes: 'exchange_rate_missing,tax_rate_missing', order_id: 'e2e-replayed', since: '1h' };
  const { dag_run_id: dryRun } = await replays.trigger({ ...params, dry_run: true });
  expect(await stack.finished(dryRun, replays)).toMatchObject({ state: 'success' });
  expect(await replays.result(dryRun, 'replay')).toMatchObject({ dry_run: true, matched: 1, loaded: 1 });
  expect(await recordOf(stack)).toEqual([{ reason_code: 'exchange_rate_missing', status: 'open' }]);

  const { dag_run_id: runId } = await replays.trigger(params);
  expect(await stack.finished(runId, replays)).toMatchObject({ state: 'success' });
  expect(await replays.result(runId, 'replay')).toMatchObject({
    batch_id: `etl_replay:${runId}`,
    state: 'loaded',
    loaded: 1,
  });
  expect(await replays.log(runId, 'replay')).toContainEqual(
    expect.stringContaining(`{"batch_id":"etl_replay:${runId}"`),
  );
  expect(await recordOf(stack)).toEqual([{ reason_code: 'exchange_rate_missing', status: 'replayed' }]);
  const rows = await stack.query(
    `select kind, amount_base from transactions join etl_batches using (batch_id) where order_id = 'e2e-replayed'`,
  );
  expect(rows).toEqual([{ kind: 'replay', amount_base: '20.0000' }]);
});

test('params of another form start no replay, and a replay of nothing in particular fails with the reason', async () => {
  await using stack = await Stack.open();
  const replays = stack.airflow.of('etl_replay');
  await expect(replays.trigger({ limit: 0 })).rejects.toThrow(/answered 400.*limit: 0 is less than the minimum/s);
  await expect(replays.trigger({ reason_codes: 'a; b' })).rejects.toThrow(/answered 400.*reason_codes/s);
  const { dag_run_id: runId } = await replays.trigger();
  expect(await stack.finished(runId, replays)).toMatchObject({ state: 'failed' });
  expect(await replays.taskInstances(runId)).toEqual([{ task_id: 'replay', state: 'failed', try_number: 1 }]);
  expect(await replays.log(runId, 'replay')).toContainEqual(expect.stringContaining('name the records: give a filter'));
});

test('the DAG etl_reconcile finds that everything adds up, also against Kafka, and stores it', async () => {
  await using stack = await Stack.open();
  const reconciliations = stack.airflow.of('etl_reconcile');
  const { dag_run_id: runId } = await reconciliations.trigger();
  expect(await stack.finished(runId, reconciliations)).toMatchObject({ state: 'success' });
  const result = reconciliation.parse(await reconciliations.result(runId, 'reconcile'));
  expect(result).toMatchObject({ deep: true, differences: 0 });
  const stored = await stack.query(
    'select is_deep, difference_count from etl_reconciliations where reconciliation_id = $1',
    [result.reconciliation_id],
  );
  expect(stored).toEqual([{ is_deep: true, difference_count: 0 }]);
});

test('the DAG etl_maintenance runs all of its tasks', async () => {
  await using stack = await Stack.open();
  const maintenance = stack.airflow.of('etl_maintenance');
  const { dag_run_id: runId } = await maintenance.trigger();
  expect(await stack.finished(runId, maintenance)).toMatchObject({ state: 'success' });
  expect(await maintenance.result(runId, 'maintain')).toMatchObject({ staging_folders: expect.any(Number) });
  expect(await maintenance.result(runId, 'clean_airflow_metadata')).toMatchObject({ kept_days: 30 });
  expect(await maintenance.result(runId, 'clean_airflow_logs')).toMatchObject({ kept_days: 14 });
});

const reconciliation = z.object({ reconciliation_id: z.number(), deep: z.boolean(), differences: z.number() });

async function recordOf(stack: Stack) {
  return stack.query(`select reason_code, status from rejected_transactions where order_id = 'e2e-replayed'`);
}

/** What an operator does: `etl exchange-rates import`, with one line of a file. */
async function importRate(stack: Stack, line: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pulse-rates-'));
  try {
    const file = join(folder, 'rates.csv');
    await writeFile(file, `base,quote,rate,valid_from,valid_to,source\n${line}\n`);
    const env = { WAREHOUSE_DATABASE_URL: stack.addresses.warehouseUrl };
    const { exitCode, stderr } = await runEtl(['exchange-rates', 'import', file], { env });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  } finally {
    await rm(folder, { recursive: true });
  }
}
