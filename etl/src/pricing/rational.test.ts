import fc from 'fast-check';
import { expect, test } from 'vitest';

import { divideRounded, parseDecimal } from './rational.ts';

test.each([
  [25n, 10n, 'half_up', 3n],
  [25n, 10n, 'half_even', 2n],
  [35n, 10n, 'half_even', 4n],
  [-25n, 10n, 'half_up', -3n],
  [24n, 10n, 'half_up', 2n],
  [26n, 10n, 'half_even', 3n],
] as const)('%d / %d by %s is %d', (numerator, denominator, mode, expected) => {
  expect(divideRounded(numerator, denominator, mode)).toBe(expected);
});

test('a rounded quotient is never further than a half from the exact one', () => {
  const big = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
  const positive = fc.bigInt({ min: 1n, max: 10n ** 18n });
  fc.assert(
    fc.property(big, positive, fc.constantFrom('half_up' as const, 'half_even' as const), (n, d, mode) => {
      const error = divideRounded(n, d, mode) * d - n;
      expect((error < 0n ? -error : error) * 2n <= d).toBe(true);
    }),
  );
});

test('trailing zeros of a numeric change nothing', () => {
  expect(parseDecimal('0.085000')).toEqual(parseDecimal('0.085'));
  expect(parseDecimal('-12.50')).toEqual({ digits: -125n, scale: 1 });
});
