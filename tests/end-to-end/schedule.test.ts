import { expect, test } from 'vitest';

import { steps } from './airflow.ts';
import { Stack } from './stack.ts';

test('the DAG is there, unpaused and documented, with its four tasks in order', async () => {
  await using stack = await Stack.open();
  const dag = await stack.airflow.dag();
  expect(dag).toMatchObject({ is_paused: false, has_import_errors: false });
  expect(dag.doc_md).toContain(`# Sales, every ${stack.addresses.scheduleSeconds} seconds`);
  const tasks = await stack.airflow.tasks();
  const following = Object.fromEntries(tasks.map((task) => [task.task_id, task.downstream_task_ids]));
  expect(following).toEqual({ extract: ['validate'], validate: ['transform'], transform: ['load'], load: [] });
  expect(tasks.filter(({ doc_md: documentation }) => documentation.trim() === '')).toEqual([]);
});

test('runs follow each other by themselves, exactly one period apart, with all four tasks green', async () => {
  await using stack = await Stack.open();
  const periodMs = stack.addresses.scheduleSeconds * 1000;
  const runs = await stack.nextScheduledRuns(3);
  expect(runs.map(({ state }) => state)).toEqual(['success', 'success', 'success']);
  const dueMs = runs.map(({ logical_date: date }) => date?.getTime() ?? Number.NaN);
  const [firstMs = Number.NaN] = dueMs;
  expect(dueMs).toEqual([firstMs, firstMs + periodMs, firstMs + 2 * periodMs]);
  expect(firstMs % periodMs).toBe(0);
  for (const { dag_run_id: runId } of runs) {
    const green = steps.map((step) => ({ task_id: step, state: 'success', try_number: 1 }));
    expect(await stack.airflow.taskInstances(runId)).toEqual(green);
  }
});

test("each task's log is readable and holds the summary of its step", async () => {
  await using stack = await Stack.open();
  const [{ dag_run_id: runId } = expect.fail('no run')] = await stack.nextScheduledRuns(1);
  for (const step of steps) {
    const lines = await stack.airflow.log(runId, step);
    const summary = expect.stringContaining(`{"batch_id":"${runId}","step":"${step}",`);
    expect(lines).toContainEqual(summary);
  }
});

test("a run's id is its batch's, and the result of load is the batch's summary", async () => {
  await using stack = await Stack.open();
  const [{ dag_run_id: runId } = expect.fail('no run')] = await stack.nextScheduledRuns(1);
  const [batch] = await stack.query(
    `select state, kind, airflow_dag_id, airflow_run_id,
      read_count::int, loaded_count::int, duplicate_count::int, rejected_count::int, flagged_count::int
    from etl_batches where batch_id = $1`,
    [runId],
  );
  expect(batch).toMatchObject({
    state: 'loaded',
    kind: 'scheduled',
    airflow_dag_id: 'etl_pipeline',
    airflow_run_id: runId,
  });
  expect(await stack.airflow.result(runId, 'load')).toMatchObject({
    batch_id: runId,
    step: 'load',
    state: 'loaded',
    read: batch?.['read_count'],
    loaded: batch?.['loaded_count'],
    duplicates: batch?.['duplicate_count'],
    rejected: batch?.['rejected_count'],
    flagged: batch?.['flagged_count'],
  });
});

test('lineage shows which task of the pipeline reads the topic and which writes the tables', async () => {
  await using stack = await Stack.open();
  const assets = await stack.airflow.assets();
  const readers = assets.map((asset) => [asset.name, ofPipeline(asset.consuming_tasks)] as const);
  const writers = assets.map((asset) => [asset.name, ofPipeline(asset.producing_tasks)] as const);
  expect(Object.fromEntries(readers.filter(([, tasks]) => tasks.length > 0))).toEqual({
    'kafka.transactions': ['extract'],
    'warehouse.customer_profiles': ['transform'],
    'warehouse.exchange_rates': ['transform'],
    'warehouse.tax_rates': ['transform'],
  });
  expect(Object.fromEntries(writers.filter(([, tasks]) => tasks.length > 0))).toEqual({
    'warehouse.customer_days': ['load'],
    'warehouse.customer_profiles': ['load'],
    'warehouse.fraud_alerts': ['load'],
    'warehouse.rejected_transactions': ['load'],
    'warehouse.sales_per_hour': ['load'],
    'warehouse.sales_per_minute': ['load'],
    'warehouse.tax_per_day': ['load'],
    'warehouse.transactions': ['load'],
  });
});

function ofPipeline(tasks: readonly { dag_id: string; task_id: string }[]): readonly string[] {
  return tasks.filter(({ dag_id: dag }) => dag === 'etl_pipeline').map(({ task_id: id }) => id);
}
