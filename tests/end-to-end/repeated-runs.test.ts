import { expect, test } from 'vitest';

import { someTransactions } from '../support/messages.ts';
import { steps } from './airflow.ts';
import { Stack } from './stack.ts';

test('a run started by hand succeeds and is a batch of its own', async () => {
  await using stack = await Stack.open();
  const { dag_run_id: runId } = await stack.airflow.trigger();
  expect(await stack.finished(runId)).toMatchObject({ state: 'success', run_type: 'manual' });
  const batches = await stack.query('select state, kind, airflow_run_id from etl_batches where batch_id = $1', [runId]);
  expect(batches).toEqual([{ state: 'loaded', kind: 'manual', airflow_run_id: runId }]);
});

test('the cleared tasks of a loaded run succeed again and change nothing', async () => {
  await using stack = await Stack.open();
  const sales = someTransactions(20, (index) => ({ order_id: `e2e-cleared-${index}`, customer_id: `e2e-${index}` }));
  await stack.sell(sales);
  const [{ batch_id: runId } = expect.fail('no row')] = await stack.query<{ batch_id: string }>(
    `select batch_id from transactions where order_id = 'e2e-cleared-0'`,
  );
  await stack.finished(runId);
  const before = await contentOf(stack, runId);
  expect(before.rows.length).toBeGreaterThanOrEqual(1);

  await stack.airflow.clear(runId);
  expect(await stack.finished(runId)).toMatchObject({ state: 'success' });
  const again = steps.map((step) => ({ task_id: step, state: 'success', try_number: 2 }));
  expect(await stack.airflow.taskInstances(runId)).toEqual(again);
  expect(await contentOf(stack, runId)).toEqual(before);
  const [counted] = await stack.query(`select count(*)::int from transactions where order_id like 'e2e-cleared-%'`);
  expect(counted).toEqual({ count: 20 });
});

/** All that a batch has written, and its entry in the ledger. */
async function contentOf(stack: Stack, batchId: string) {
  const [rows, ledger, ranges] = [
    await stack.query('select * from transactions where batch_id = $1 order by order_id', [batchId]),
    await stack.query('select * from etl_batches where batch_id = $1', [batchId]),
    await stack.query('select * from etl_batch_ranges where batch_id = $1 order by partition', [batchId]),
  ];
  return { rows, ledger, ranges };
}
