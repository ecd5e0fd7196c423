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

/** What is known of a batch that ran without the meter. */
export interface BatchTimes extends Pick<BatchRun, 'wallMs' | 'summary'> {
  readonly steps: Readonly<Record<StepName, Pick<Usage, 'wallMs'>>>;
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
  const { extract, validate, transform, load } = await runSteps(place, runMeasured);
  const steps = {
    extract: usageOf(extract),
    validate: usageOf(validate),
    transform: usageOf(transform),
    load: usageOf(load),
  };
  return { steps, wallMs: sumOf(steps), summary: summaryOf(load.stdout) };
}

/** The same run without the meter: the wall times of its steps. */
export async function timeBatch(place: BatchPlace): Promise<BatchTimes> {
  const steps = await runSteps(place, runTimed);
  return { steps, wallMs: sumOf(steps), summary: summaryOf(steps.load.stdout) };
}

/** The wall time of a batch that has nothing to read, without the meter. @throws Error when it has. */
export async function timeEmptyBatch(place: BatchPlace): Promise<number> {
  const { summary, wallMs } = await timeBatch(place);
  requireSummary(summary, { state: 'loaded', planned: 0, read: 0, loaded: 0, duplicates: 0, rejected: 0 });
  return wallMs;
}

async function runSteps<Run>(
  place: BatchPlace,
  run: (program: MeasuredProgram) => Promise<Run>,
): Promise<Record<StepName, Run>> {
  const program = batchProgram(place);
  const extract = await run(program('extract'));
  const validate = await run(program('validate'));
  const transform = await run(program('transform'));
  const load = await run(program('load'));
  return { extract, validate, transform, load };
}

function sumOf(steps: Readonly<Record<StepName, { readonly wallMs: number }>>): number {
  return stepNames.reduce((sum, step) => sum + steps[step].wallMs, 0);
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
export async function requireWholeTopic(client: Client, { summary }: BatchTimes, truth: Truth): Promise<void> {
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
