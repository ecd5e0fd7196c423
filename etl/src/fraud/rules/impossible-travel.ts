import * as z from 'zod';

import { distanceKm } from '../distances.ts';
import { windowParameter } from '../parameters.ts';
import type { FraudRule } from '../rule.ts';

const parameters = z.strictObject({
  /** Nobody travels faster. */
  speedMaxKmh: z.number().int().min(1),
  /** Sales further back are not looked at. */
  windowSeconds: windowParameter,
});

/**
 * Two countries in less time than the way between them takes. The way is the least there can be between the two (distance of
 * their middles less their radii; none between neighbours), so that what is found is impossible, not only quick. A sale that
 * names no country is not looked at.
 */
export const impossibleTravel: FraudRule<z.output<typeof parameters>> = {
  id: 'impossible_travel',
  version: 1,
  parameters,
  prepare: ({ speedMaxKmh, windowSeconds }) => {
    const kmPerMs = speedMaxKmh / 3_600_000;
    const windowMs = windowSeconds * 1000;
    const threshold = `${speedMaxKmh} km/h`;
    return ({ timeMs, country }, history) => {
      if (country === '') return undefined;
      for (const { timeMs: earlierMs, country: earlier } of history.recentUntil(timeMs)) {
        const elapsedMs = timeMs - earlierMs;
        if (elapsedMs >= windowMs) return undefined;
        if (earlier === '' || earlier === country) continue;
        const km = distanceKm(earlier, country);
        if (km <= elapsedMs * kmPerMs) continue;
        return { observed: `${earlier} to ${country}, ${km} km, in ${Math.round(elapsedMs / 1000)} s`, threshold };
      }
      return undefined;
    };
  },
  measure: ({ speedMaxKmh, windowSeconds }) => {
    const threshold = `${speedMaxKmh} km/h`;
    return ({ timeMs, country }, history) => {
      if (country === '') return { observed: 'no country named', threshold };
      let observed = `no other country in ${windowSeconds} s`;
      let fastest = -1;
      for (const { timeMs: earlierMs, country: earlier } of history.recentUntil(timeMs)) {
        const elapsedMs = timeMs - earlierMs;
        if (elapsedMs >= windowSeconds * 1000) break;
        if (earlier === '' || earlier === country) continue;
        const km = distanceKm(earlier, country);
        const isFound = km > elapsedMs * (speedMaxKmh / 3_600_000);
        const speed = isFound ? Infinity : km / Math.max(1, elapsedMs);
        if (speed <= fastest) continue;
        fastest = speed;
        observed = `${earlier} to ${country}, ${km} km, in ${Math.round(elapsedMs / 1000)} s`;
        if (isFound) break;
      }
      return { observed, threshold };
    };
  },
};
