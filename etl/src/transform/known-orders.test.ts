import fc from 'fast-check';
import { expect, test } from 'vitest';

import { isBeyond } from './known-orders.ts';

test('an id that is taken to lie beyond the greatest sorts after it byte by byte', () => {
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }).map((id) => id.toWellFormed());
  fc.assert(
    fc.property(text, text, (orderId, greatest) => {
      const sortsAfter = Buffer.compare(Buffer.from(orderId), Buffer.from(greatest)) > 0;
      expect(isBeyond(orderId, greatest) && !sortsAfter).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

test('nothing is loaded before the first order, and the greatest itself is looked up', () => {
  expect(isBeyond('a', null)).toBe(true);
  expect(isBeyond('b', 'a')).toBe(true);
  expect(isBeyond('a', 'a')).toBe(false);
  expect(isBeyond('a', 'b')).toBe(false);
});
