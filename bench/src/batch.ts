import { randomUUID } from 'node:crypto';

import type { Client } from 'pg';
import * as z from 'zod';

import { runMeasured, runTimed, type Environment, type Usage } from './measure/run-measured.ts';
import { differingSums, tenThousandths, type Truth } from './truth.ts';

export const stepNames = ['extract', 'validate', 'transform', 'load'] as const;
export type StepName = (typeof stepNames)[number];

/** What a batch runs with. */
export interface BatchSetup {
  readonly etl: string;
  readonly env: Environment;
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** One batch through the four steps, each a separate process, one after the other, as in Airflow. */
export interface BatchRun {
  readonly steps: Readonly<Record<StepName, Usage>>;
  /** The sum of the steps' wall times. */
  readonly wallMs: number;
  readonly summary: Summary;
}

const count = z.number().nullable();
const summarySchema = z.object({
  state: z.string(),
  planned: z.number(),
  read: count,
  loaded: count,
  duplicates: count,
  rejected: count,
});
type Summary = z.output<typeof summarySchema>;

export async function runBatch(setup: BatchSetup): Promise<BatchRun> {
  const batchId = newBatchId();
  const run = async (step: StepName) =>
    runMeasured({ ...setup, file: setup.etl, args: [step, '--batch', batchId, '--json'] });
  const extract = await run('extract');
  const validate = await run('validate');
  const transform = await run('transform');
  const { stdout, ...load } = await run('load');
  const steps = { extract: usageOf(extract), validate: usageOf(validate), transform: usageOf(transform), load };
  const wallMs = stepNames.reduce((sum, step) => sum + steps[step].wallMs, 0);
  return { steps, wallMs, summary: summaryOf(stdout) };
}

/** The result of a batch that ran without the meter. */
export type BatchTime = Pick<BatchRun, 'wallMs' | 'summary'>;

const fourSteps = 'for step in extract validate transform load; do "$0" "$step" --batch "$1" --json; done';

/**
 * The same run without the meter: a shell runs the four commands one after the other, because this large process needs some
 * milliseconds more to start a process.
 */
export async function timeBatch({ etl, ...setup }: BatchSetup): Promise<BatchTime> {
  const run = await runTimed({ ...setup, file: 'sh', args: ['-ec', fourSteps, etl, newBatchId()] });
  return { wallMs: run.wallMs, summary: summaryOf(run.stdout) };
}

/** The wall time of a batch with nothing to read, without the meter. @throws Error if it reads something. */
export async function timeEmptyBatch(setup: BatchSetup): Promise<number> {
  const { summary, wallMs } = await timeBatch(setup);
  requireSummary(summary, { state: 'loaded', planned: 0, read: 0, loaded: 0, duplicates: 0, rejected: 0 });
  return wallMs;
}

function newBatchId(): string {
  return `bench-${randomUUID()}`;
}

function summaryOf(stdout: string): Summary {
  return summarySchema.parse(JSON.parse(stdout.split('\n').at(-1) ?? ''));
}

function usageOf({ wallMs, cpuMs, peakBytes }: Usage): Usage {
  return { wallMs, cpuMs, peakBytes };
}

/** @throws Error unless the batch has read the whole topic and the warehouse has exactly what was sent. */
export async function requireWholeTopic(client: Client, { summary }: BatchTime, truth: Truth): Promise<void> {
  const expected: Summary = {
    state: 'loaded',
    planned: truth.messages,
    read: truth.messages,
    loaded: truth.valid,
    duplicates: truth.duplicates,
    rejected: truth.malformed,
  };
  requireSummary(summary, expected);
  const { rows } = await client.query<{ currency: string; amount: string }>(
    'select currency, sum(amount)::text as amount from transactions group by currency',
  );
  const stored = new Map(rows.map(({ currency, amount }) => [currency, tenThousandths(amount)]));
  const differences = differingSums(truth.amountByCurrency, stored);
  if (differences.length > 0) throw new Error(`wrong sums, in ten-thousandths: ${differences.join('; ')}`);
}

function requireSummary(found: Summary, expected: Summary): void {
  const [shown, wanted] = [JSON.stringify(found), JSON.stringify(expected)];
  if (shown !== wanted) throw new Error(`wrong result: the batch reports ${shown}, expected ${wanted}`);
}
