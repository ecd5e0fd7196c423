import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { plainDecimal } from './json-number.ts';

/** The decimal, or the reason why there is none. */
function read(number: string): string {
  const decimal = plainDecimal(number);
  return decimal.kind === 'plain' ? decimal.text : decimal.reason;
}

test.each([
  ['1.5E7', '15000000'],
  ['1e2', '100'],
  ['100', '100'],
  ['100.00', '100'],
  ['149.90', '149.9'],
  ['14999e-2', '149.99'],
  ['0.0149E+4', '149'],
  ['0.0001', '0.0001'],
  ['1e-4', '0.0001'],
  ['999999999999999', '999999999999999'],
  ['100000000000000.0000000000000', '100000000000000'],
  [`0.${'0'.repeat(60_000)}1e60001`, '1'],
  [`1${'0'.repeat(60_000)}e-60000`, '1'],
])('%.30s is %s', (number, decimal) => {
  expect(read(number)).toBe(decimal);
});

test.each([
  ['149.9900000000000001', 'amount_imprecise'],
  ['0.1000000000000000055511151231257827', 'amount_imprecise'],
  ['12345678901234.56', 'amount_imprecise'],
  ['1.00000000000000000001', 'amount_imprecise'],
  ['1e15', 'amount_out_of_range'],
  ['1e400', 'amount_out_of_range'],
  [`1e${'9'.repeat(60_000)}`, 'amount_out_of_range'],
  ['1234567890123456', 'amount_out_of_range'],
  ['0.00001', 'amount_too_fine'],
  ['1e-7', 'amount_too_fine'],
  [`1e-${'9'.repeat(60_000)}`, 'amount_too_fine'],
  ['0', 'amount_zero'],
  ['-0', 'amount_zero'],
  ['0e400', 'amount_zero'],
  ['-1e400', 'amount_negative'],
  ['NaN', 'amount_not_decimal'],
  ['Infinity', 'amount_not_decimal'],
])('%.30s is not an amount: %s', (number, reason) => {
  expect(read(number)).toBe(reason);
});

/** Spellings with digits, a decimal point and an exponent, as programs print exact numbers. */
const spellings = fc
  .record({
    digits: fc.stringMatching(/^[1-9][0-9]{0,17}$/),
    pointIndex: fc.nat(20),
    exponent: fc.integer({ min: -25, max: 25 }),
    zeros: fc.nat(30),
    mark: fc.constantFrom('e', 'E', 'e+', 'E+'),
  })
  .map(({ digits, pointIndex, exponent, zeros, mark }) => {
    const whole = digits.slice(0, pointIndex) || '0';
    const fraction = digits.slice(pointIndex) + '0'.repeat(zeros);
    const power = exponent < 0 ? `${mark.slice(0, 1)}${exponent}` : `${mark}${exponent}`;
    return { text: `${whole}${fraction === '' ? '' : `.${fraction}`}${exponent === 0 ? '' : power}`, exponent };
  });

/** A decimal × 10^90, or the reason unchanged. */
function scaled(decimal: string): bigint | string {
  if (decimal.startsWith('amount_')) return decimal;
  const [units = '', decimals = ''] = decimal.split('.');
  return BigInt(units + decimals) * 10n ** BigInt(90 - decimals.length);
}

/** The expected result for a number × 10^90 with this many significant digits. */
function expected(numerator: bigint, significant: number): bigint | string {
  if (numerator >= 10n ** 105n) return 'amount_out_of_range';
  if (significant > 15) return 'amount_imprecise';
  return numerator % 10n ** 86n === 0n ? numerator : 'amount_too_fine';
}

test('a number is read exactly as its text says, or has a reason', () => {
  fc.assert(
    fc.property(spellings, ({ text, exponent }) => {
      const mantissa = text.replace(/[eE].*/, '');
      const [whole = '', fraction = ''] = mantissa.split('.');
      // value = numerator / 10^90
      const numerator = BigInt(whole + fraction) * 10n ** BigInt(90 + exponent - fraction.length);
      const significant = (whole + fraction).replace(/^0+/, '').replace(/0+$/, '').length;
      expect(scaled(read(text))).toBe(expected(numerator, significant));
    }),
    { numRuns: 10_000 },
  );
});

test('the text of a double is read as that double', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-5, max: 1e15, noNaN: true }), (value) => {
      const text = read(String(value));
      expect(text.startsWith('amount_') || Number(text) === value).toBe(true);
    }),
    { numRuns: 10_000 },
  );
});

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from('0123456789.eE+-')) }), (text) => {
      expect(read(text)).toMatch(/^(?:amount_[a-z_]+|(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,4})?)$/);
    }),
    { numRuns: 10_000 },
  );
});
