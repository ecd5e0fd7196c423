import fc from 'fast-check';
import { expect, test } from 'vitest';

import { SeenOrders } from './seen-orders.ts';

/** Looks for an id that stands among other bytes. */
function findOrAdd(seen: SeenOrders, id: string, place: number, isSame: (earlier: number) => boolean) {
  const bytes = Buffer.from(`<${id}>`);
  return seen.findOrAdd(bytes, 1, bytes.length - 1, place, isSame);
}

test('every id is found on the line of its first appearance, as a Map finds it', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 2000 }), (ids) => {
      const seen = new SeenOrders(ids.length);
      const reference = new Map<string, number>();
      ids.forEach((id, line) => {
        expect(findOrAdd(seen, id, line, (earlier) => ids[earlier] === id)).toBe(reference.get(id));
        if (!reference.has(id)) reference.set(id, line);
      });
    }),
  );
});

test('ids with equal fingerprints are told apart by comparing them', () => {
  const seen = new SeenOrders(10);
  expect(findOrAdd(seen, 'a', 0, () => false)).toBeUndefined();
  expect(findOrAdd(seen, 'a', 1, () => false)).toBeUndefined();
  expect(findOrAdd(seen, 'a', 2, (line) => line === 1)).toBe(1);
});

test('a table that is full says so instead of searching for ever', () => {
  const seen = new SeenOrders(1);
  const fill = () => {
    for (let line = 0; line < 2000; line += 1) findOrAdd(seen, String(line), line, () => false);
  };
  expect(fill).toThrow(RangeError);
});
