const dayMs = 86_400_000;
const peakHour = 18;
const swing = 0.6;

/** Traffic at a time of day relative to the mean of the day: 1.6 at the peak (18:00 UTC), 0.4 at 06:00 UTC. */
export function busyness(timeMs: number): number {
  const hour = ((timeMs % dayMs) / dayMs) * 24;
  return 1 + swing * Math.cos(((hour - peakHour) / 24) * 2 * Math.PI);
}

/** The event times of `count` messages, in order, all of them in [startMs, startMs + spanMs), closer together at busy times. */
export function eventTimes(startMs: number, spanMs: number, count: number): () => number {
  const busynessPerMessage = totalBusyness(startMs, spanMs) / count;
  let timeMs = startMs;
  return () => {
    const now = timeMs;
    timeMs = Math.min(timeMs + busynessPerMessage / busyness(timeMs), startMs + spanMs - 1);
    return Math.floor(now);
  };
}

/** The integral of busyness over the span, in milliseconds. */
function totalBusyness(startMs: number, spanMs: number): number {
  return antiderivative(startMs + spanMs) - antiderivative(startMs);
}

function antiderivative(timeMs: number): number {
  return timeMs + (swing * dayMs * Math.sin((timeMs / dayMs - peakHour / 24) * 2 * Math.PI)) / (2 * Math.PI);
}
