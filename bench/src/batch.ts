import { randomUUID } from 'node:crypto';

import type { Client } from 'pg';
import * as z from 'zod';

import { runMeasured, runTimed, type Environment, type MeasuredProgram, type Usage } from './measure/run-measured.ts';
import { differingSums, tenThousandths, type Truth } from './truth.ts';

export const stepNames = ['extract', 'validate', 'transform', 'load'] as const;
export type StepName = (typeof stepNames)[number];

/** Where batches run. */
export interface BatchPlace {
  readonly etl: string;
  readonly env: Environment;
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** One batch through the four steps, each a process of its own, one after the other, as Airflow runs them. */
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

export async function runBatch(place: BatchPlace): Promise<BatchRun> {
  const program = batchProgram(place);
  const extract = await runMeasured(program('extract'));
  const validate = await runMeasured(program('validate'));
  const transform = await runMeasured(program('transform'));
  const { stdout, ...load } = await runMeasured(program('load'));
  const steps = { extract: usageOf(extract), validate: usageOf(validate), transform: usageOf(transform), load };
  const wallMs = stepNames.reduce((sum, step) => sum + steps[step].wallMs, 0);
  return { steps, wallMs, summary: summaryOf(stdout) };
}

/** The same of a batch that has nothing to read, as the sum of its steps' wall times. @throws Error when it has. */
export async function timeEmptyBatch(place: BatchPlace): Promise<number> {
  const program = batchProgram(place);
  let wallMs = 0;
  for (const step of stepNames) {
    const run = await runTimed(program(step));
    requireSummary(summaryOf(run.stdout), {
      state: 'loaded',
      planned: 0,
      read: 0,
      loaded: 0,
      duplicates: 0,
      rejected: 0,
    });
    wallMs += run.wallMs;
  }
  return wallMs;
}

/** The steps of a new batch, each a program. */
function batchProgram(place: BatchPlace): (step: StepName) => MeasuredProgram {
  const batchId = `bench-${randomUUID()}`;
  return (step) => ({ ...place, file: place.etl, args: [step, '--batch', batchId, '--json'] });
}

function summaryOf(stdout: string): Summary {
  return summarySchema.parse(JSON.parse(stdout.split('\n').at(-1) ?? ''));
}

function usageOf({ wallMs, cpuMs, peakBytes }: Usage): Usage {
  return { wallMs, cpuMs, peakBytes };
}

/** @throws Error unless the batch has read all of the topic and the warehouse holds exactly what was sent. */
export async function requireWholeTopic(client: Client, { summary }: BatchRun, truth: Truth): Promise<void> {
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
  if (shown !== wanted) throw new Error(`wrong result: the batch says ${shown}, and ${wanted} was sent`);
}
