import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { formatMinor, parseAmountMinor, type CurrencyExponent } from './money.ts';

const exponents = fc.constantFrom<CurrencyExponent>(0, 2, 3, 4);
const runs = { numRuns: 10_000 };

test('an amount written by formatMinor is read back as the same minor units', () => {
  fc.assert(
    fc.property(exponents, fc.bigInt(1n, 10n ** 15n - 1n), (exponent, minor) => {
      expect(parseAmountMinor(formatMinor(minor, exponent), exponent)).toBe(minor);
    }),
    runs,
  );
});

test('an amount equals the fraction of its digits, in exact arithmetic', () => {
  const integers = fc.bigInt(1n, 10n ** 15n - 1n);
  const decimals = fc.stringMatching(/^[0-9]{1,4}$/);
  fc.assert(
    fc.property(exponents, integers, decimals, (exponent, integer, fraction) => {
      // integer + fraction/10^n, scaled by 10^exponent, is whole or the amount is too fine.
      const numerator = (integer * 10n ** BigInt(fraction.length) + BigInt(fraction)) * 10n ** BigInt(exponent);
      const denominator = 10n ** BigInt(fraction.length);
      const expected = numerator % denominator === 0n ? numerator / denominator : 'amount_too_fine';
      expect(parseAmountMinor(`${integer}.${fraction}`, exponent)).toBe(expected);
    }),
    runs,
  );
});

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), exponents, (text, exponent) => {
      expect(['bigint', 'string']).toContain(typeof parseAmountMinor(text, exponent));
    }),
    runs,
  );
});

describe('each amount has one result', () => {
  test.each<[string, CurrencyExponent, bigint | string]>([
    ['149.99', 2, 14999n],
    ['0.01', 2, 1n],
    ['1.5', 2, 150n],
    ['1500', 0, 1500n],
    ['1500.00', 0, 1500n],
    ['12.345', 3, 12345n],
    ['999999999999999.9999', 4, 9999999999999999999n],
    ['149.999', 2, 'amount_too_fine'],
    ['0.5', 0, 'amount_too_fine'],
    ['1000000000000000', 2, 'amount_out_of_range'],
    ['0', 2, 'amount_zero'],
    ['0.000000', 2, 'amount_zero'],
    ['-1.00', 2, 'amount_negative'],
    ['-0', 2, 'amount_negative'],
    ['1e3', 2, 'amount_not_decimal'],
    ['+1', 2, 'amount_not_decimal'],
    ['NaN', 2, 'amount_not_decimal'],
    ['Infinity', 2, 'amount_not_decimal'],
    ['.5', 2, 'amount_not_decimal'],
    ['5.', 2, 'amount_not_decimal'],
    ['01', 2, 'amount_not_decimal'],
    ['1,000', 2, 'amount_not_decimal'],
    ['0x10', 2, 'amount_not_decimal'],
    [' 1', 2, 'amount_not_decimal'],
    ['1\n', 2, 'amount_not_decimal'],
    ['１', 2, 'amount_not_decimal'],
    ['', 2, 'amount_not_decimal'],
  ])('%j with %i decimals', (text, exponent, result) => {
    expect(parseAmountMinor(text, exponent)).toBe(result);
  });
});

test.each<[bigint, CurrencyExponent, string]>([
  [14999n, 2, '149.99'],
  [5n, 2, '0.05'],
  [0n, 3, '0.000'],
  [-150n, 2, '-1.50'],
  [-5n, 4, '-0.0005'],
  [1500n, 0, '1500'],
])('%i minor units with %i decimals are written %s', (minor, exponent, text) => {
  expect(formatMinor(minor, exponent)).toBe(text);
});
