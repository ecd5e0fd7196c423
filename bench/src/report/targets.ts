import { stepNames, type StepName } from '../batch.ts';
import type { SizeReport } from './report.ts';

/** One target with the measured value. */
export interface TargetResult {
  readonly target: string;
  readonly measured: string;
  readonly isMet: boolean;
}

const smallMessages = 1_000;
const middleMessages = 100_000;
const largeMessages = 1_000_000;

const limits = {
  smallBatchMs: 500,
  emptyBatchMs: 300,
  ratio: 0.5,
  /** Units of 1,000,000 bytes. */
  stepPeakMb: 300,
  /** A step's peak at 1,000,000 messages divided by its peak at 100,000; about 1 if memory is flat. */
  memoryGrowth: 1.25,
};

/** Compares medians with the targets, and for memory the highest peak. Skips targets whose size was not measured. */
export function checkTargets(sizes: readonly SizeReport[]): readonly TargetResult[] {
  const sized = (messages: number) => sizes.find((size) => size.messages === messages);
  const [small, middle, large] = [sized(smallMessages), sized(middleMessages), sized(largeMessages)];
  return [
    ...(small?.batch ? [atMost('1,000 messages, four steps', seconds(small.batch.wallMs.median), 'smallBatchMs')] : []),
    ...(small?.emptyWallMs ? [atMost('an empty batch', seconds(small.emptyWallMs.median), 'emptyBatchMs')] : []),
    ...(large?.ratio ? [ratioTarget(large.ratio.median)] : []),
    ...sizes.flatMap(memoryTarget),
    ...(middle && large ? flatnessTarget(middle, large) : []),
  ];
}

interface Seconds {
  readonly ms: number;
  readonly text: string;
}

function seconds(ms: number): Seconds {
  return { ms, text: `${(ms / 1000).toFixed(3)} s` };
}

function atMost(what: string, { ms, text }: Seconds, limit: 'smallBatchMs' | 'emptyBatchMs'): TargetResult {
  return { target: `${what} ≤ ${limits[limit] / 1000} s`, measured: text, isMet: ms <= limits[limit] };
}

function ratioTarget(ratio: number): TargetResult {
  const target = `1,000,000 messages, rate divided by the plain COPY's ≥ ${limits.ratio}`;
  return { target, measured: ratio.toFixed(2), isMet: ratio >= limits.ratio };
}

function memoryTarget({ batch, messages }: SizeReport): readonly TargetResult[] {
  if (batch === null) return [];
  const peaks = stepNames.map((step) => ({ step, mb: batch.steps[step].peakBytes.max / 1_000_000 }));
  const { step, mb } = highest(peaks, (peak) => peak.mb);
  const target = `${messages.toLocaleString('en')} messages, every step's memory ≤ ${limits.stepPeakMb} MB`;
  return [{ target, measured: `${step} ${mb.toFixed(0)} MB`, isMet: mb <= limits.stepPeakMb }];
}

function flatnessTarget(middle: SizeReport, large: SizeReport): readonly TargetResult[] {
  const [from, to] = [middle.batch, large.batch];
  if (from === null || to === null) return [];
  const growths = stepNames.map((step: StepName) => ({
    step,
    growth: to.steps[step].peakBytes.median / from.steps[step].peakBytes.median,
  }));
  const { step, growth } = highest(growths, (each) => each.growth);
  const target = `memory flat from 100,000 to 1,000,000 messages: ≤ ${limits.memoryGrowth} times`;
  return [{ target, measured: `${step} ${growth.toFixed(2)} times`, isMet: growth <= limits.memoryGrowth }];
}

function highest<Item>(items: readonly Item[], value: (item: Item) => number): Item {
  return items.reduce((best, item) => (value(item) > value(best) ? item : best));
}
