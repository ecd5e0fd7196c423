import { stepNames, type StepName } from '../batch.ts';
import { spreadOf, spreadOfKnown, type Spread } from '../measure/spread.ts';
import type { Round } from '../measure-size.ts';
import type { Truth } from '../truth.ts';

export interface StepReport {
  readonly wallMs: Spread;
  readonly cpuMs: Spread;
  readonly peakBytes: Spread;
}

/** The figures of the four steps over a whole topic. */
export interface BatchReport {
  readonly steps: Readonly<Record<StepName, StepReport>>;
  readonly wallMs: Spread;
  readonly cpuMs: Spread;
  readonly rowsPerSecond: Spread;
  /** null if the servers' CPU time can not be measured. */
  readonly postgresCpuMs: Spread | null;
  readonly kafkaCpuMs: Spread | null;
}

export interface ReferenceReport {
  readonly wallMs: Spread;
  readonly clientCpuMs: Spread;
  readonly postgresCpuMs: Spread | null;
  readonly rowsPerSecond: Spread;
}

/** The working copy's four steps divided by those of another command, pair by pair: 1.2 takes a fifth more. */
interface BaselineReport {
  readonly command: string;
  readonly wall: Spread;
  readonly cpu: Spread;
}

/** The figures of the rounds over one topic; null for parts that were left out. */
export interface SizeReport {
  readonly messages: number;
  readonly rows: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly rounds: number;
  readonly batch: BatchReport | null;
  readonly baselines: readonly BaselineReport[];
  readonly emptyWallMs: Spread | null;
  readonly reference: ReferenceReport | null;
  /** The batch's rate divided by the reference's, for each round: 1 is as fast as the plain COPY. */
  readonly ratio: Spread | null;
}

/** Summarises the rounds. */
export function reportSize(
  { messages, valid, duplicates, malformed }: Truth,
  baselines: readonly string[],
  rounds: readonly Round[],
): SizeReport {
  const batches = rounds.map(({ batch }) => batch).filter((batch) => batch !== undefined);
  const empties = rounds.map(({ emptyWallMs }) => emptyWallMs).filter((wallMs) => wallMs !== undefined);
  const references = rounds.map(({ reference }) => reference).filter((reference) => reference !== undefined);
  const pairs = rounds.flatMap(({ batch, reference }) => (batch && reference ? reference.wallMs / batch.wallMs : []));
  return {
    messages,
    rows: valid,
    duplicates,
    rejected: malformed,
    rounds: rounds.length,
    batch: batches.length === 0 ? null : reportBatches(valid, batches),
    baselines: batches.length === 0 ? [] : baselines.map((command, index) => reportBaseline(command, index, rounds)),
    emptyWallMs: empties.length === 0 ? null : spreadOf(empties),
    reference: references.length === 0 ? null : reportReferences(valid, references),
    ratio: pairs.length === 0 ? null : spreadOf(pairs),
  };
}

function reportBatches(rows: number, batches: readonly NonNullable<Round['batch']>[]): BatchReport {
  const step = (name: StepName): StepReport => ({
    wallMs: spreadOf(batches.map(({ steps }) => steps[name].wallMs)),
    cpuMs: spreadOf(batches.map(({ steps }) => steps[name].cpuMs)),
    peakBytes: spreadOf(batches.map(({ steps }) => steps[name].peakBytes)),
  });
  return {
    steps: { extract: step('extract'), validate: step('validate'), transform: step('transform'), load: step('load') },
    wallMs: spreadOf(batches.map(({ wallMs }) => wallMs)),
    cpuMs: spreadOf(batches.map(cpuOf)),
    rowsPerSecond: ratesOf(rows, batches),
    postgresCpuMs: spreadOfKnown(batches.map(({ postgresCpuMs }) => postgresCpuMs)),
    kafkaCpuMs: spreadOfKnown(batches.map(({ kafkaCpuMs }) => kafkaCpuMs)),
  };
}

function reportBaseline(command: string, index: number, rounds: readonly Round[]): BaselineReport {
  const pairs = rounds.flatMap(({ batch, baselines }) => {
    const baseline = baselines[index];
    return batch && baseline ? { wall: batch.wallMs / baseline.wallMs, cpu: cpuOf(batch) / cpuOf(baseline) } : [];
  });
  return { command, wall: spreadOf(pairs.map(({ wall }) => wall)), cpu: spreadOf(pairs.map(({ cpu }) => cpu)) };
}

function cpuOf({ steps }: NonNullable<Round['batch']>): number {
  return stepNames.reduce((sum, name) => sum + steps[name].cpuMs, 0);
}

function reportReferences(rows: number, references: readonly NonNullable<Round['reference']>[]): ReferenceReport {
  return {
    wallMs: spreadOf(references.map(({ wallMs }) => wallMs)),
    clientCpuMs: spreadOf(references.map(({ cpuMs }) => cpuMs)),
    postgresCpuMs: spreadOfKnown(references.map(({ postgresCpuMs }) => postgresCpuMs)),
    rowsPerSecond: ratesOf(rows, references),
  };
}

function ratesOf(rows: number, runs: readonly { readonly wallMs: number }[]): Spread {
  return spreadOf(runs.map(({ wallMs }) => rows / (wallMs / 1000)));
}
