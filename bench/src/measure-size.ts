import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import {
  requireWholeTopic,
  runBatch,
  timeBatch,
  timeEmptyBatch,
  type BatchPlace,
  type BatchRun,
  type BatchTime,
} from './batch.ts';
import { cpuDuring } from './measure/server-cpu.ts';
import { exportFinishedRows, runReference, type ReferenceRun } from './reference.ts';
import type { FilledTopic } from './services/topic.ts';
import type { Services } from './services/services.ts';
import { resetWarehouse, type BenchWarehouse } from './services/warehouse.ts';

/** What is measured in a round. */
export const contestants = ['steps', 'empty', 'reference'] as const;
export type Contestant = (typeof contestants)[number];

export interface SizeOptions {
  readonly services: Services;
  readonly warehouse: BenchWarehouse;
  readonly topic: FilledTopic;
  readonly place: BatchPlace;
  /** The etl commands of other checkouts, to run beside that of `place`. */
  readonly baselines: readonly string[];
  readonly rounds: number;
  readonly only: ReadonlySet<Contestant>;
  readonly onProgress: (line: string) => void;
}

/** CPU time of the two servers; null where their processes are out of sight. */
interface ServerCpu {
  readonly postgresCpuMs: number | null;
  readonly kafkaCpuMs: number | null;
}

/** One round; what was left out is undefined. */
export interface Round {
  readonly batch: (BatchRun & ServerCpu) | undefined;
  /** The same batch by each of the other commands, in their order; with the steps only. */
  readonly baselines: readonly (BatchRun & ServerCpu)[];
  /** The wall time of four steps with nothing to read. */
  readonly emptyWallMs: number | undefined;
  readonly reference: (ReferenceRun & { readonly postgresCpuMs: number | null }) | undefined;
}

/** A batch of so many messages is over in a moment: what only surrounds it would show. */
const smallMax = 10_000;
/** Servers that have just started compile and read what those that run for days have at hand. */
const smallWarmUps = 25;

/**
 * Runs rounds over one topic: the batch, an empty batch after it, the reference; then the same again, so that the
 * machine's moods fall on all alike. First rounds warm servers and caches, yield the rows of the reference, and do not count.
 */
export async function measureSize(options: SizeOptions): Promise<readonly Round[]> {
  const { warehouse, topic, place, only, onProgress } = options;
  const rowsFile = join(place.folder, 'finished-rows.copy');
  const isSmall = topic.truth.messages <= smallMax;
  const others = options.baselines.map((etl) => ({ ...options, place: { ...place, etl } }));
  for (let left = isSmall ? smallWarmUps : 1; left > 0; left -= 1) {
    for (const each of [...others, options]) await runCheckedBatch(each, timeBatch);
  }
  const exported = await exportFinishedRows(warehouse.client, rowsFile);
  if (exported !== topic.truth.valid) throw new Error(`${exported} rows stand where ${topic.truth.valid} were sent`);
  const rounds: Round[] = [];
  while (rounds.length < options.rounds) {
    const measured = only.has('steps') || only.has('empty') ? [options, ...others] : [];
    const [batch, ...baselines] = await measureInTurn(measured, rounds.length, isSmall);
    const emptyWallMs = only.has('empty') ? await timeEmptyBatch(place) : undefined;
    const reference = only.has('reference') ? await runReferenceRound(options, rowsFile) : undefined;
    rounds.push({ batch: only.has('steps') ? batch : undefined, baselines, emptyWallMs, reference });
    onProgress(`round ${rounds.length} of ${options.rounds}: ${describe(batch, baselines, reference)}`);
  }
  await rm(rowsFile);
  return rounds;
}

/** Runs the batch by each command; another one begins in each round, so that none always comes first. */
async function measureInTurn(commands: readonly SizeOptions[], round: number, isSmall: boolean) {
  const runs: (BatchRun & ServerCpu)[] = [];
  for (const turn of commands.keys()) {
    const index = (turn + round) % commands.length;
    const command = commands[index];
    if (command !== undefined) runs[index] = await measureBatch(command, isSmall);
  }
  return runs;
}

/** A small batch runs twice: the time that counts is that of a run without the meter, which takes some milliseconds a step. */
async function measureBatch(options: SizeOptions, isSmall: boolean): Promise<BatchRun & ServerCpu> {
  const batch = await runCheckedBatch(options, runBatch);
  return isSmall ? { ...batch, wallMs: (await runCheckedBatch(options, timeBatch)).wallMs } : batch;
}

async function runCheckedBatch<Run extends BatchTime>(
  { services, warehouse, topic, place }: SizeOptions,
  run: (place: BatchPlace) => Promise<Run>,
): Promise<Run & ServerCpu> {
  await resetWarehouse(warehouse.client);
  const { result, cpuMs: postgresCpuMs } = await cpuDuring(services.postgresCpu, () =>
    cpuDuring(services.kafkaCpu, () => run(place)),
  );
  await requireWholeTopic(warehouse.client, result.result, topic.truth);
  return { ...result.result, postgresCpuMs, kafkaCpuMs: result.cpuMs };
}

/** The warehouse is emptied first, so that nothing is vacuumed while the reference runs. */
async function runReferenceRound({ services, warehouse, topic, place }: SizeOptions, rowsFile: string) {
  place.signal.throwIfAborted();
  await resetWarehouse(warehouse.client);
  const { result, cpuMs } = await cpuDuring(services.postgresCpu, () =>
    runReference(warehouse.client, rowsFile, topic.truth.valid, place.signal),
  );
  return { ...result, postgresCpuMs: cpuMs };
}

function describe(
  batch: BatchRun | undefined,
  baselines: readonly BatchRun[],
  reference: ReferenceRun | undefined,
): string {
  const parts = [
    batch && `four steps ${(batch.wallMs / 1000).toFixed(2)} s`,
    ...baselines.map(({ wallMs }) => `baseline ${(wallMs / 1000).toFixed(2)} s`),
    reference && `reference ${(reference.wallMs / 1000).toFixed(2)} s`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}
