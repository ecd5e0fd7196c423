import { setTimeout as sleep } from 'node:timers/promises';

import { createRandom, type Random } from './traffic/random.ts';
import { busyness } from './traffic/rhythm.ts';

/** When messages are due. */
export type PaceOptions =
  | { readonly kind: 'flat_out' }
  | { readonly kind: 'rate'; readonly perSecond: number }
  | { readonly kind: 'interval'; readonly minSeconds: number; readonly maxSeconds: number };

/** Waits until messages are due and says how many; rejects with the signal's reason when it fires. */
export type Pace = (signal: AbortSignal) => Promise<number>;

/** Records made and published at a time when there is no reason to wait. Bounds what is held in memory. */
const chunkSizeMax = 3_000;
/** After an outage a rate goes on from now: at most this much is made up for. */
const arrearsMsMax = 1_000;
const tickMs = 20;
/** With pauses of 1 to 2 s it makes the busiest hour 1.6 times as busy as the quietest. */
const rhythmExponent = 3;

export function createPace(options: PaceOptions, seed: number): Pace {
  switch (options.kind) {
    case 'flat_out':
      return async () => chunkSizeMax;
    case 'rate':
      return ratePace(options.perSecond);
    case 'interval':
      return intervalPace(options.minSeconds, options.maxSeconds, seed);
    default:
      throw new Error(`no such pace: ${String(options satisfies never)}`);
  }
}

/** The pause after a message that is sent at a time, in milliseconds, without waiting for it. */
export function createPauses(options: PaceOptions, seed: number): (timeMs: number) => number {
  const random = createRandom(seed);
  switch (options.kind) {
    case 'flat_out':
      return () => 0;
    case 'rate':
      return () => 1_000 / options.perSecond;
    case 'interval':
      return (timeMs) => randomPauseMs(random, options.minSeconds, options.maxSeconds, timeMs);
    default:
      throw new Error(`no such pace: ${String(options satisfies never)}`);
  }
}

function ratePace(perSecond: number): Pace {
  let paidUpToMs = performance.now();
  return async (signal) => {
    const messageMs = 1_000 / perSecond;
    const waitMs = Math.max(paidUpToMs + Math.max(messageMs, tickMs) - performance.now(), 0);
    if (waitMs > 0) await sleep(waitMs, undefined, { signal });
    const now = performance.now();
    paidUpToMs = Math.max(paidUpToMs, now - Math.max(arrearsMsMax, messageMs));
    const due = Math.min(Math.floor((now - paidUpToMs) / messageMs), chunkSizeMax);
    paidUpToMs += due * messageMs;
    return due;
  };
}

/** One message after a random pause. */
function intervalPace(minSeconds: number, maxSeconds: number, seed: number): Pace {
  const random = createRandom(seed);
  return async (signal) => {
    await sleep(randomPauseMs(random, minSeconds, maxSeconds, Date.now()), undefined, { signal });
    return 1;
  };
}

/** In busy hours nearer to the shortest pause, at night to the longest. */
function randomPauseMs(random: Random, minSeconds: number, maxSeconds: number, timeMs: number): number {
  const ratio = random.next() ** (busyness(timeMs) ** rhythmExponent);
  return (minSeconds + ratio * (maxSeconds - minSeconds)) * 1_000;
}
