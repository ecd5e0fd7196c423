import fc from 'fast-check';
import { expect, test } from 'vitest';

import { isKeyOf } from './is-key-of.ts';

/** Often alike, so that they differ late. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', 'é', '№', '😀'), maxLength: 4 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);

test('a key is the customer when its bytes are the UTF-8 of the id', () => {
  fc.assert(
    fc.property(
      text,
      fc.oneof(
        text.map((key) => Buffer.from(key)),
        fc.uint8Array({ maxLength: 4 }).map((key) => Buffer.from(key)),
      ),
      (id, key) => {
        expect(isKeyOf(id, key)).toBe(Buffer.from(id).equals(key));
        expect(isKeyOf(id, Buffer.from(id))).toBe(true);
      },
    ),
  );
});

test.each([
  ['the beginning of the id', 'customer-12', 'customer-1'],
  ['the id and more', 'customer-1', 'customer-12'],
  ['the id in quotes', 'customer-1', '"customer-1"'],
  ['nothing', 'customer-1', ''],
])('%s is another key', (_, id, key) => {
  expect(isKeyOf(id, Buffer.from(key))).toBe(false);
});

test('the id in Latin-1 is another key', () => {
  expect(isKeyOf('é', Buffer.from('é', 'latin1'))).toBe(false);
});
