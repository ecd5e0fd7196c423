import { expect, test } from 'vitest';

import { defaultRounds, parseParts, parseRounds, parseRatio, parseSizes } from './options.ts';

test('sizes are sorted as numbers, each once', () => {
  expect(parseSizes('100000, 1000,20000,1000')).toEqual([1_000, 20_000, 100_000]);
});

test.each(['', '0', '-1', '1e3', '1000,', '100000001'])('sizes %j are refused', (text) => {
  expect(() => parseSizes(text)).toThrow('Expected a whole number');
});

test('zero rounds are refused', () => {
  expect(() => parseRounds('0')).toThrow('Expected a whole number');
});

test('a million messages are measured three times, fewer five times', () => {
  expect([999_999, 1_000_000].map(defaultRounds)).toEqual([5, 3]);
});

test('parts are chosen by name', () => {
  expect([...parseParts('reference, steps')]).toEqual(['steps', 'reference']);
});

test('an unknown part is refused', () => {
  expect(() => parseParts('steps,spark')).toThrow('Expected one or more');
});

test.each(['', '1', '0.6', '-0.1', 'x'])('ratio %j is refused', (text) => {
  expect(() => parseRatio(text)).toThrow('Expected a ratio');
});

test('a ratio is read', () => {
  expect(parseRatio('0.001')).toBe(0.001);
});
