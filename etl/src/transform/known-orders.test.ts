import fc from 'fast-check';
import { expect, test } from 'vitest';

import { isBeyond } from './known-orders.ts';

const around = 'xx';

/** An id among other bytes. */
function placed(orderId: string) {
  const source = Buffer.from(`${around}${orderId}${around}`);
  return { source, idAt: around.length, idEnd: source.length - around.length };
}

test('an id lies beyond the greatest when it sorts after it byte by byte', () => {
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }).map((id) => id.toWellFormed());
  fc.assert(
    fc.property(text, text, (orderId, greatest) => {
      const sortsAfter = Buffer.compare(Buffer.from(orderId), Buffer.from(greatest)) > 0;
      expect(isBeyond(placed(orderId), Buffer.from(greatest))).toBe(sortsAfter);
    }),
    { numRuns: 2000 },
  );
});

test('the greatest itself is looked up', () => {
  expect(isBeyond(placed('b'), Buffer.from('a'))).toBe(true);
  expect(isBeyond(placed('a'), Buffer.from('a'))).toBe(false);
  expect(isBeyond(placed('a'), Buffer.from('b'))).toBe(false);
});
