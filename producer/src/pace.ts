import { setTimeout as sleep } from 'node:timers/promises';

import { createRandom } from './traffic/random.ts';
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

/** One message after a random pause; in busy hours nearer to the shortest, at night to the longest. */
function intervalPace(minSeconds: number, maxSeconds: number, seed: number): Pace {
  const random = createRandom(seed);
  return async (signal) => {
    const share = random.next() ** busyness(Date.now());
    await sleep((minSeconds + share * (maxSeconds - minSeconds)) * 1_000, undefined, { signal });
    return 1;
  };
}
