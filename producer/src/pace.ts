import { setTimeout as sleep } from 'node:timers/promises';

import { createRandom, type Random } from './traffic/random.ts';
import { busyness } from './traffic/rhythm.ts';

/** How fast messages are sent. */
export type PaceOptions =
  | { readonly kind: 'unlimited' }
  | { readonly kind: 'rate'; readonly perSecond: number }
  | { readonly kind: 'interval'; readonly minSeconds: number; readonly maxSeconds: number };

/** Waits until messages are due and resolves to their number. Rejects with the reason of the signal when it fires. */
export type Pace = (signal: AbortSignal) => Promise<number>;

/** The most messages that are created and published at once, which limits the memory. */
const groupSizeMax = 3_000;
/** After an outage at most the messages of so much time are made up for. */
const catchUpMsMax = 1_000;
const tickMs = 20;
/** With it, and pauses of 1 to 2 s, the busiest hour has 1.6 times the messages of the quietest. */
const rhythmExponent = 3;

export function createPace(options: PaceOptions, seed: number): Pace {
  switch (options.kind) {
    case 'unlimited':
      return async () => groupSizeMax;
    case 'rate':
      return ratePace(options.perSecond);
    case 'interval':
      return oneAtATime(createPauses(options, seed));
    default:
      throw new Error(`no such pace: ${String(options satisfies never)}`);
  }
}

/** Returns a function that gives the pause after a message of a time, in milliseconds, and does not wait. */
export function createPauses(options: PaceOptions, seed: number): (timeMs: number) => number {
  const random = createRandom(seed);
  switch (options.kind) {
    case 'unlimited':
      return () => 0;
    case 'rate':
      return () => 1_000 / options.perSecond;
    case 'interval':
      return (timeMs) => randomPauseMs(random, options, timeMs);
    default:
      throw new Error(`no such pace: ${String(options satisfies never)}`);
  }
}

function ratePace(perSecond: number): Pace {
  let sentUpToMs = performance.now();
  return async (signal) => {
    const messageMs = 1_000 / perSecond;
    const waitMs = Math.max(sentUpToMs + Math.max(messageMs, tickMs) - performance.now(), 0);
    if (waitMs > 0) await sleep(waitMs, undefined, { signal });
    const now = performance.now();
    sentUpToMs = Math.max(sentUpToMs, now - Math.max(catchUpMsMax, messageMs));
    const due = Math.min(Math.floor((now - sentUpToMs) / messageMs), groupSizeMax);
    sentUpToMs += due * messageMs;
    return due;
  };
}

/** One message after each pause. */
function oneAtATime(pauseMsAfter: (timeMs: number) => number): Pace {
  return async (signal) => {
    await sleep(pauseMsAfter(Date.now()), undefined, { signal });
    return 1;
  };
}

/** Closer to the shortest pause in busy hours, closer to the longest at night. */
function randomPauseMs(
  random: Random,
  { minSeconds, maxSeconds }: Extract<PaceOptions, { kind: 'interval' }>,
  timeMs: number,
): number {
  const fraction = random.next() ** (busyness(timeMs) ** rhythmExponent);
  return (minSeconds + fraction * (maxSeconds - minSeconds)) * 1_000;
}
