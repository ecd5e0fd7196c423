import { expect, test } from 'vitest';

import { convertToBase, createExchangeTable } from './exchange.ts';
import { parseDecimal } from './rational.ts';

const table = createExchangeTable(
  'USD',
  [
    { quote: 'EUR', rate: '0.8', validFrom: '2026-01-02' },
    { quote: 'EUR', rate: '0.9', validFrom: '2026-01-05' },
  ],
  3,
);

test.each([
  ['2026-01-05', { kind: 'found', rate: '0.9', date: '2026-01-05' }],
  ['2026-01-04', { kind: 'found', rate: '0.8', date: '2026-01-02' }],
  ['2026-01-08', { kind: 'found', rate: '0.9', date: '2026-01-05' }],
  ['2026-01-09', { kind: 'stale', date: '2026-01-05' }],
  ['2026-01-01', { kind: 'missing' }],
])('on %s the last published rate counts while it is fresh', (day, expected) => {
  expect(table.find('EUR', day)).toMatchObject(expected);
});

test('the base currency is worth itself', () => {
  expect(table.find('USD', '1999-01-01')).toMatchObject({ kind: 'found', rate: '1' });
});

test.each([
  ['EUR', 8000n, 2, '0.8', 10_000n],
  ['JPY', 1500n, 0, '150', 1000n],
  ['KWD', 1000n, 3, '0.25', 400n],
  ['a half to the even cent', 1n, 2, '0.4', 2n],
])('%s: %d minor units at %s', (_, amountMinor, exponent, rate, expected) => {
  expect(convertToBase(amountMinor, exponent, parseDecimal(rate), 2, 'half_even')).toBe(expected);
});
