import { expect, test } from 'vitest';

import { durationOf } from './measure-airflow.ts';
import { checkAirflowTarget } from './airflow-target.ts';

const report = { messages: 1_000, rounds: 5, runMs: { median: 4_001, min: 3_000, max: 9_000 } };

test('each runtime has its own limit for the median', () => {
  expect(checkAirflowTarget({ ...report, runtime: 'local' })).toEqual({
    target: 'a whole Airflow run over 1,000 messages locally ≤ 4 s',
    measured: '4.00 s, 3.00–9.00',
    isMet: false,
  });
  expect(checkAirflowTarget({ ...report, runtime: 'compose' }).isMet).toBe(true);
});

test("a run lasts from Airflow's start to Airflow's end", () => {
  const run = { dag_run_id: 'r', state: 'success', start_date: '2026-01-01T00:00:00.250Z', end_date: null };
  expect(durationOf({ ...run, end_date: '2026-01-01T00:00:02Z' })).toBe(1_750);
  expect(() => durationOf(run)).toThrow('without a start or an end');
});
