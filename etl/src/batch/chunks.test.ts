import fc from 'fast-check';
import { expect, test } from 'vitest';

import { chunkCountOf, chunkOf } from './chunks.ts';

test.each([
  [0, 1],
  [65_536, 1],
  [65_537, 2],
  [1_000_000, 16],
  [100_000_000, 64],
])('%i records have %i chunks', (records, chunks) => {
  expect(chunkCountOf(records)).toBe(chunks);
});

test('every id has one chunk, and it is there', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.integer({ min: 1, max: 64 }), (id, chunkCount) => {
      const chunk = chunkOf(id, chunkCount);
      expect(chunk).toBeLessThan(chunkCount);
      expect(chunk).toBeGreaterThanOrEqual(0);
    }),
  );
});

test.each([2, 16, 63])('ids that differ in a digit are spread over %i chunks', (chunkCount) => {
  const counts = Array.from({ length: chunkCount }, () => 0);
  const perShare = 1000;
  for (let id = 0; id < perShare * chunkCount; id += 1) {
    const chunk = chunkOf(`customer-${id}`, chunkCount);
    counts[chunk] = (counts[chunk] ?? 0) + 1;
  }
  expect(Math.min(...counts)).toBeGreaterThan(0.85 * perShare);
  expect(Math.max(...counts)).toBeLessThan(1.15 * perShare);
});
