import { expect, test } from 'vitest';

import { spreadOf, spreadOfKnown } from './spread.ts';

test('the median of an odd number of values is the middle one by numeric size', () => {
  expect(spreadOf([100, 9, 20])).toEqual({ median: 20, min: 9, max: 100 });
});

test('the median of an even number of values lies between the middle two', () => {
  expect(spreadOf([4, 1, 3, 10])).toEqual({ median: 3.5, min: 1, max: 10 });
});

test('one value is its own spread', () => {
  expect(spreadOf([7])).toEqual({ median: 7, min: 7, max: 7 });
});

test('an empty list has no median', () => {
  expect(() => spreadOf([])).toThrow(RangeError);
});

test('a spread over an unknown value is unknown', () => {
  expect(spreadOfKnown([1, null, 3])).toBeNull();
});
