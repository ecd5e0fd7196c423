import type { Logger } from '@pulse/runtime';

import type { Config } from './config.ts';
import { createPace, createPauses, type PaceOptions } from './pace.ts';
import { run, type RunOptions } from './run.ts';
import type { Traffic } from './traffic/traffic.ts';

/** The most messages of a history, at any pace: seconds of work, and one batch of the pipeline. */
const messagesMax = 100_000;

export interface SendHistoryOptions extends Omit<RunOptions, 'nextRecord' | 'pace' | 'count'> {
  readonly traffic: Traffic;
  readonly logger: Logger;
}

/**
 * Sends at once what would have been sold in the hours before now, if the topic is new. A producer that starts again does not
 * send the same hours twice, even if it was stopped in the middle of them.
 */
export async function sendHistory(
  { history, seed, topics }: Pick<Config, 'history' | 'seed' | 'topics'>,
  { traffic, logger, ...sending }: SendHistoryOptions,
): Promise<void> {
  if (history === undefined) return;
  if (!sending.publisher.newTopics.has(topics.transactions)) {
    logger.info({ topic: topics.transactions }, 'the topic is not new: no history is sent');
    return;
  }
  const endMs = Date.now();
  const times = historyTimes({ startMs: endMs - history.hours * 3_600_000, endMs, pace: history.pace, seed });
  const time = times.values();
  await run({
    ...sending,
    nextRecord: () => traffic.nextOfHistory(time.next().value ?? endMs),
    pace: createPace({ kind: 'unlimited' }, seed),
    count: times.length,
  });
  if (sending.stop.aborted) return;
  logger.info({ hours: history.hours, messages: times.length, durationMs: Date.now() - endMs }, 'history sent');
}

export interface HistoryOptions {
  readonly startMs: number;
  readonly endMs: number;
  readonly pace: PaceOptions;
  readonly seed: number;
}

/**
 * The event times of a history, in order: those of live traffic at the pace, so that the live traffic that follows has the same
 * density. A pace of more than 100,000 messages is slowed down to that number.
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
