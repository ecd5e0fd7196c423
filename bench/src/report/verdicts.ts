import { stepNames, type StepName } from '../batch.ts';
import type { SizeReport } from './report.ts';

/** One target beside what was measured. */
export interface Verdict {
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
  /** Of 1,000,000 bytes each. */
  stepPeakMb: 300,
  /** Of a step's peak at 1,000,000 messages by its peak at 100,000: memory is flat where it is about 1. */
  memoryGrowth: 1.25,
};

/** Judges by medians, memory by the highest peak; only what was measured at the size that a target is about. */
export function judge(sizes: readonly SizeReport[]): readonly Verdict[] {
  const sized = (messages: number) => sizes.find((size) => size.messages === messages);
  const [small, middle, large] = [sized(smallMessages), sized(middleMessages), sized(largeMessages)];
  return [
    ...(small?.batch ? [atMost('1,000 messages, four steps', seconds(small.batch.wallMs.median), 'smallBatchMs')] : []),
    ...(small?.emptyWallMs ? [atMost('an empty batch', seconds(small.emptyWallMs.median), 'emptyBatchMs')] : []),
    ...(large?.ratio ? [ratioVerdict(large.ratio.median)] : []),
    ...sizes.flatMap(memoryVerdict),
    ...(middle && large ? flatnessVerdict(middle, large) : []),
  ];
}

interface Seconds {
  readonly ms: number;
  readonly text: string;
}

function seconds(ms: number): Seconds {
  return { ms, text: `${(ms / 1000).toFixed(3)} s` };
}

function atMost(what: string, { ms, text }: Seconds, limit: 'smallBatchMs' | 'emptyBatchMs'): Verdict {
  return { target: `${what} ≤ ${limits[limit] / 1000} s`, measured: text, isMet: ms <= limits[limit] };
}

function ratioVerdict(ratio: number): Verdict {
  const target = `1,000,000 messages, rate by the bare COPY's ≥ ${limits.ratio}`;
  return { target, measured: ratio.toFixed(2), isMet: ratio >= limits.ratio };
}

function memoryVerdict({ batch, messages }: SizeReport): readonly Verdict[] {
  if (batch === null) return [];
  const peaks = stepNames.map((step) => ({ step, mb: batch.steps[step].peakBytes.max / 1_000_000 }));
  const { step, mb } = highest(peaks, (peak) => peak.mb);
  const target = `${messages.toLocaleString('en')} messages, every step's memory ≤ ${limits.stepPeakMb} MB`;
  return [{ target, measured: `${step} ${mb.toFixed(0)} MB`, isMet: mb <= limits.stepPeakMb }];
}

function flatnessVerdict(middle: SizeReport, large: SizeReport): readonly Verdict[] {
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
