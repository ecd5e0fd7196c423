const dayMs = 86_400_000;
const peakHour = 18;
const swing = 0.6;

/** How busy it is at a time of day against the day's mean: 1.6 at the peak (18:00 UTC), 0.4 at six in the morning. */
export function busyness(timeMs: number): number {
  const hour = ((timeMs % dayMs) / dayMs) * 24;
  return 1 + swing * Math.cos(((hour - peakHour) / 24) * 2 * Math.PI);
}

/**
 * Event times from `startMs` on, `count` of them over `spanMs`, closer together when it is busy.
 * Every time lies in [startMs, startMs + spanMs).
 */
export function eventTimes(startMs: number, spanMs: number, count: number): () => number {
  const share = totalBusyness(startMs, spanMs) / count;
  let timeMs = startMs;
  return () => {
    const now = timeMs;
    timeMs = Math.min(timeMs + share / busyness(timeMs), startMs + spanMs - 1);
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
