import fc from 'fast-check';
import { expect, test } from 'vitest';

import { SeenOrders } from './seen-orders.ts';

test('every id is found on the line of its first appearance, as a Map finds it', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 2000 }), (ids) => {
      const seen = new SeenOrders(ids.length);
      const reference = new Map<string, number>();
      ids.forEach((id, line) => {
        expect(seen.findOrAdd(id, line, (earlier) => ids[earlier] === id)).toBe(reference.get(id));
        if (!reference.has(id)) reference.set(id, line);
      });
    }),
  );
});

test('ids with equal fingerprints are told apart by comparing them', () => {
  const seen = new SeenOrders(10);
  expect(seen.findOrAdd('a', 0, () => false)).toBeUndefined();
  expect(seen.findOrAdd('a', 1, () => false)).toBeUndefined();
  expect(seen.findOrAdd('a', 2, (line) => line === 1)).toBe(1);
});

test('a table that is full says so instead of searching for ever', () => {
  const seen = new SeenOrders(1);
  const fill = () => {
    for (let line = 0; line < 2000; line += 1) seen.findOrAdd(String(line), line, () => false);
  };
  expect(fill).toThrow(RangeError);
});
