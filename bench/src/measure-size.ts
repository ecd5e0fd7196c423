import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import {
  requireWholeTopic,
  runBatch,
  timeBatch,
  timeEmptyBatch,
  type BatchSetup,
  type BatchRun,
  type BatchTime,
} from './batch.ts';
import { cpuDuring } from './measure/server-cpu.ts';
import { exportFinishedRows, runReference, type ReferenceRun } from './reference.ts';
import type { FilledTopic } from './services/topic.ts';
import type { Services } from './services/services.ts';
import { resetWarehouse, type BenchWarehouse } from './services/warehouse.ts';

/** What is measured in a round. */
export const parts = ['steps', 'empty', 'reference'] as const;
export type Part = (typeof parts)[number];

export interface SizeOptions {
  readonly services: Services;
  readonly warehouse: BenchWarehouse;
  readonly topic: FilledTopic;
  readonly setup: BatchSetup;
  /** The etl commands of other checkouts, compared with that of `setup`. */
  readonly baselines: readonly string[];
  readonly rounds: number;
  readonly only: ReadonlySet<Part>;
  readonly onProgress: (line: string) => void;
}

/** CPU time of the two servers; null if it can not be measured. */
interface ServerCpu {
  readonly postgresCpuMs: number | null;
  readonly kafkaCpuMs: number | null;
}

/** One round; parts that were left out are undefined. */
export interface Round {
  readonly batch: (BatchRun & ServerCpu) | undefined;
  /** The same batch with each of the other commands, in their order; only with the part `steps`. */
  readonly baselines: readonly (BatchRun & ServerCpu)[];
  /** The wall time of four steps with nothing to read. */
  readonly emptyWallMs: number | undefined;
  readonly reference: (ReferenceRun & { readonly postgresCpuMs: number | null }) | undefined;
}

/** Batches up to this size are so short that the meter itself would count. */
const smallMax = 10_000;
/** Warm-up rounds of small batches: servers that have just started are slower than those that run for days. */
const smallWarmUps = 25;

/**
 * Runs rounds over one topic: the batch, an empty batch, the reference. They alternate, so that the machine's noise affects
 * all of them. Warm-up rounds come first; they give the rows of the reference and are not counted.
 */
export async function measureSize(options: SizeOptions): Promise<readonly Round[]> {
  const { warehouse, topic, setup, only, onProgress } = options;
  const rowsFile = join(setup.folder, 'finished-rows.copy');
  const isSmall = topic.truth.messages <= smallMax;
  const others = options.baselines.map((etl) => ({ ...options, setup: { ...setup, etl } }));
  for (let left = isSmall ? smallWarmUps : 1; left > 0; left -= 1) {
    for (const each of [...others, options]) await runCheckedBatch(each, timeBatch);
  }
  const exported = await exportFinishedRows(warehouse.client, rowsFile);
  if (exported !== topic.truth.valid)
    throw new Error(`the warehouse has ${exported} rows, but ${topic.truth.valid} were sent`);
  const rounds: Round[] = [];
  while (rounds.length < options.rounds) {
    const measured = only.has('steps') || only.has('empty') ? [options, ...others] : [];
    const [batch, ...baselines] = await measureInTurn(measured, rounds.length, isSmall);
    const emptyWallMs = only.has('empty') ? await timeEmptyBatch(setup) : undefined;
    const reference = only.has('reference') ? await runReferenceRound(options, rowsFile) : undefined;
    rounds.push({ batch: only.has('steps') ? batch : undefined, baselines, emptyWallMs, reference });
    onProgress(`round ${rounds.length} of ${options.rounds}: ${describe(batch, baselines, reference)}`);
  }
  await rm(rowsFile);
  return rounds;
}

/** Runs the batch with each command; another command begins in each round. */
async function measureInTurn(commands: readonly SizeOptions[], round: number, isSmall: boolean) {
  const runs: (BatchRun & ServerCpu)[] = [];
  for (const turn of commands.keys()) {
    const index = (turn + round) % commands.length;
    const command = commands[index];
    if (command !== undefined) runs[index] = await measureBatch(command, isSmall);
  }
  return runs;
}

/** A small batch runs twice, because the meter takes some milliseconds a step: the time without the meter counts. */
async function measureBatch(options: SizeOptions, isSmall: boolean): Promise<BatchRun & ServerCpu> {
  const batch = await runCheckedBatch(options, runBatch);
  return isSmall ? { ...batch, wallMs: (await runCheckedBatch(options, timeBatch)).wallMs } : batch;
}

async function runCheckedBatch<Run extends BatchTime>(
  { services, warehouse, topic, setup }: SizeOptions,
  run: (setup: BatchSetup) => Promise<Run>,
): Promise<Run & ServerCpu> {
  await resetWarehouse(warehouse.client);
  const { result, cpuMs: postgresCpuMs } = await cpuDuring(services.postgresCpu, () =>
    cpuDuring(services.kafkaCpu, () => run(setup)),
  );
  await requireWholeTopic(warehouse.client, result.result, topic.truth);
  return { ...result.result, postgresCpuMs, kafkaCpuMs: result.cpuMs };
}

/** Empties the warehouse first, so that no vacuum runs during the reference. */
async function runReferenceRound({ services, warehouse, topic, setup }: SizeOptions, rowsFile: string) {
  setup.signal.throwIfAborted();
  await resetWarehouse(warehouse.client);
  const { result, cpuMs } = await cpuDuring(services.postgresCpu, () =>
    runReference(warehouse.client, rowsFile, topic.truth.valid, setup.signal),
  );
  return { ...result, postgresCpuMs: cpuMs };
}

function describe(
  batch: BatchRun | undefined,
  baselines: readonly BatchRun[],
  reference: ReferenceRun | undefined,
): string {
  const times = [
    batch && `four steps ${(batch.wallMs / 1000).toFixed(2)} s`,
    ...baselines.map(({ wallMs }) => `baseline ${(wallMs / 1000).toFixed(2)} s`),
    reference && `reference ${(reference.wallMs / 1000).toFixed(2)} s`,
  ];
  return times.filter((time) => time !== undefined).join(', ');
}
