import { expect, test } from 'vitest';

import { historyTimes } from './history.ts';

const hourMs = 3_600_000;
const startMs = Date.UTC(2026, 10, 21);
const aDay = { startMs, endMs: startMs + 24 * hourMs, seed: 5 };
const pauses = { kind: 'interval', minSeconds: 1, maxSeconds: 2 } as const;

test('a day at the default pace has 24 busy hours, the evening half as many again as the morning', () => {
  const times = historyTimes({ ...aDay, pace: pauses });
  expect(times[0]).toBe(startMs);
  expect(times.at(-1)).toBeGreaterThan(aDay.endMs - 2_000);
  expect(times.at(-1)).toBeLessThan(aDay.endMs);
  expect(times.every((time, index) => index === 0 || time > (times[index - 1] ?? Infinity))).toBe(true);

  const countIn = (hour: number) =>
    times.filter((time) => time >= startMs + hour * hourMs && time < startMs + (hour + 1) * hourMs).length;
  expect(Math.min(...Array.from({ length: 24 }, (_, hour) => countIn(hour)))).toBeGreaterThan(1_800);
  expect(countIn(18) / countIn(6)).toBeGreaterThan(1.5);
});

test('a rate is kept', () => {
  expect(historyTimes({ ...aDay, pace: { kind: 'rate', perSecond: 0.5 } })).toHaveLength(24 * 1_800);
});

test.each([
  ['a high rate', { kind: 'rate', perSecond: 5_000 }],
  ['no pause', { kind: 'interval', minSeconds: 0, maxSeconds: 0 }],
] as const)('%s makes no more than 100,000 messages, over all of the time', (_, pace) => {
  const times = historyTimes({ ...aDay, pace });
  expect(times.length).toBeGreaterThan(99_990);
  expect(times.length).toBeLessThanOrEqual(100_001);
  expect(times.at(-1)).toBeGreaterThan(aDay.endMs - 2_000);
});
