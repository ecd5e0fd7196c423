import { createPauses, type PaceOptions } from './pace.ts';

/** The most messages of a history, whatever the pace: seconds of work, and one batch of the pipeline. */
const messagesMax = 100_000;

export interface HistoryOptions {
  readonly startMs: number;
  readonly endMs: number;
  readonly pace: PaceOptions;
  readonly seed: number;
}

/**
 * Event times of what would have been sold from `startMs` until `endMs` at a pace, in order: the live traffic goes on as the
 * history ends. A pace that makes more than 100,000 messages of it is slowed down.
 */
export function historyTimes({ startMs, endMs, pace, seed }: HistoryOptions): readonly number[] {
  const pauseMsMin = (endMs - startMs) / messagesMax;
  const pauseMsAfter = createPauses(pace, seed);
  const times: number[] = [];
  for (let timeMs = startMs; timeMs < endMs; timeMs += Math.max(pauseMsAfter(timeMs), pauseMsMin)) {
    times.push(Math.floor(timeMs));
  }
  return times;
}
