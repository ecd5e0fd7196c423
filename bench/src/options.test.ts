import { expect, test } from 'vitest';

import { defaultRounds, parseContestants, parseRounds, parseShare, parseSizes } from './options.ts';

test('sizes are sorted as numbers, each once', () => {
  expect(parseSizes('100000, 1000,20000,1000')).toEqual([1_000, 20_000, 100_000]);
});

test.each(['', '0', '-1', '1e3', '1000,', '100000001'])('sizes %j are refused', (text) => {
  expect(() => parseSizes(text)).toThrow('Expected a whole number');
});

test('no round at all is refused', () => {
  expect(() => parseRounds('0')).toThrow('Expected a whole number');
});

test('a million messages are measured three times, fewer five times', () => {
  expect([999_999, 1_000_000].map(defaultRounds)).toEqual([5, 3]);
});

test('contestants are chosen by name', () => {
  expect([...parseContestants('reference, steps')]).toEqual(['steps', 'reference']);
});

test('an unknown contestant is refused', () => {
  expect(() => parseContestants('steps,spark')).toThrow('Expected one or more');
});

test.each(['', '1', '0.6', '-0.1', 'x'])('share %j is refused', (text) => {
  expect(() => parseShare(text)).toThrow('Expected a share');
});

test('a share is read', () => {
  expect(parseShare('0.001')).toBe(0.001);
});
