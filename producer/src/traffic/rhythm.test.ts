import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { busyness, eventTimes } from './rhythm.ts';

const dayMs = 86_400_000;

test('event times are in their span and in order', () => {
  fc.assert(
    fc.property(
      fc.nat(4e12),
      fc.integer({ min: 1_000, max: 30 * dayMs }),
      fc.integer({ min: 1, max: 2_000 }),
      (startMs, spanMs, count) => {
        const next = eventTimes(startMs, spanMs, count);
        const times = Array.from({ length: count }, next);
        expect(times[0]).toBe(startMs);
        expect(times.at(-1)).toBeLessThan(startMs + spanMs);
        expect(times.every((time, index) => index === 0 || time >= (times[index - 1] ?? 0))).toBe(true);
      },
    ),
  );
});

test('event times fill their span', () => {
  const times = Array.from({ length: 10_000 }, eventTimes(0, 3 * dayMs, 10_000));
  expect(times.at(-1)).toBeGreaterThan(2.95 * dayMs);
});

test('the evening is busier than the morning', () => {
  const hours = Array.from({ length: 24_000 }, eventTimes(0, dayMs, 24_000)).map((time) =>
    Math.floor(time / 3_600_000),
  );
  const countIn = (hour: number) => hours.filter((one) => one === hour).length;
  expect(countIn(18) / countIn(6)).toBeGreaterThan(3);
});

test('the mean busyness of a day is 1', () => {
  const mean = Array.from({ length: 1_440 }, (_, minute) => busyness(minute * 60_000)).reduce((a, b) => a + b) / 1_440;
  expect(mean).toBeCloseTo(1, 6);
});
