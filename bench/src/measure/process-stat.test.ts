import { expect, test } from 'vitest';

import { parseProcessStat } from './process-stat.ts';

const numbers = '1 42 42 0 -1 4194560 900 0 0 0 11 22 300 4000 20 0 1 0 100 1 1';

test('times of a process and of its ended children add up', () => {
  expect(parseProcessStat(`42 (postgres) S ${numbers}`)).toEqual({ parentPid: 1, ticks: 4333 });
});

test('a name with spaces and parentheses is skipped', () => {
  expect(parseProcessStat(`42 (a) b (c) S ${numbers}`)).toEqual({ parentPid: 1, ticks: 4333 });
});

test('another text is refused', () => {
  expect(() => parseProcessStat('no such process')).toThrow('not a line of /proc/PID/stat');
});
