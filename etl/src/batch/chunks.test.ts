import fc from 'fast-check';
import { expect, test } from 'vitest';

import { shareCountOf, shareOf } from './chunks.ts';

test.each([
  [0, 1],
  [65_536, 1],
  [65_537, 2],
  [1_000_000, 16],
  [100_000_000, 64],
])('%i records have %i shares', (records, shares) => {
  expect(shareCountOf(records)).toBe(shares);
});

test('every id has one share, and it is there', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.integer({ min: 1, max: 64 }), (id, shareCount) => {
      const share = shareOf(id, shareCount);
      expect(share).toBeLessThan(shareCount);
      expect(share).toBeGreaterThanOrEqual(0);
    }),
  );
});

test.each([2, 16, 63])('ids that differ in a digit are spread over %i shares', (shareCount) => {
  const counts = Array.from({ length: shareCount }, () => 0);
  const perShare = 1000;
  for (let id = 0; id < perShare * shareCount; id += 1) {
    const share = shareOf(`customer-${id}`, shareCount);
    counts[share] = (counts[share] ?? 0) + 1;
  }
  expect(Math.min(...counts)).toBeGreaterThan(0.85 * perShare);
  expect(Math.max(...counts)).toBeLessThan(1.15 * perShare);
});
