import fc from 'fast-check';
import { expect, test } from 'vitest';

import { computeTax, createTaxTable, type PreparedTaxRate, type TaxRate } from './tax.ts';

function aRate(changes: Partial<TaxRate> = {}): TaxRate {
  return {
    country: 'US',
    region: '*',
    productCategory: '*',
    rate: '0.085',
    isInclusive: false,
    roundingMode: 'half_up',
    roundingIncrementMinor: 1,
    validFrom: '2000-01-01',
    validTo: null,
    ...changes,
  };
}

function prepared(changes: Partial<TaxRate> = {}): PreparedTaxRate {
  const rate = createTaxTable([aRate({ country: '*', ...changes })]).find('DE', 'books', '2026-01-01');
  if (rate === undefined) throw new Error('a rate for any country covers DE');
  return rate;
}

test.each([
  [25_000n, 2125n, 27_125n],
  [15_000n, 1275n, 16_275n],
  [150_000n, 12_750n, 162_750n],
  [100n, 9n, 109n],
])('8.5 %% of %d cents is %d, the total %d', (amountMinor, taxMinor, totalMinor) => {
  expect(computeTax(amountMinor, prepared())).toEqual({ taxMinor, totalMinor });
});

test('an inclusive rate takes the tax out of the amount and leaves the total as it is', () => {
  expect(computeTax(11_900n, prepared({ rate: '0.19', isInclusive: true }))).toEqual({
    taxMinor: 1900n,
    totalMinor: 11_900n,
  });
});

test('tax is rounded to the increment of its rule', () => {
  const rate = prepared({ rate: '0.081', roundingIncrementMinor: 5 });
  expect(computeTax(1000n, rate).taxMinor).toBe(80n);
});

test('no cent appears or vanishes between amount, tax and total', () => {
  const amounts = fc.bigInt({ min: 1n, max: 10n ** 18n });
  const rates = fc.integer({ min: 0, max: 999_999 }).map((millionths) => `0.${String(millionths).padStart(6, '0')}`);
  fc.assert(
    fc.property(amounts, rates, fc.boolean(), (amountMinor, rate, isInclusive) => {
      const { taxMinor, totalMinor } = computeTax(amountMinor, prepared({ rate, isInclusive }));
      expect(totalMinor).toBe(isInclusive ? amountMinor : amountMinor + taxMinor);
    }),
  );
});

test('the most specific rule wins', () => {
  const table = createTaxTable([
    aRate({ country: '*', rate: '0.01' }),
    aRate({ country: 'DE', rate: '0.19' }),
    aRate({ country: 'DE', productCategory: 'books', rate: '0.07' }),
  ]);
  expect(table.find('DE', 'books', '2026-01-01')?.rate).toBe('0.07');
  expect(table.find('DE', 'toys', '2026-01-01')?.rate).toBe('0.19');
  expect(table.find('FR', 'books', '2026-01-01')?.rate).toBe('0.01');
});

test('a message without a country is taxed as one from the US', () => {
  expect(createTaxTable([aRate()]).find('', 'books', '2026-01-01')?.jurisdiction).toBe('US');
});

test('a rule counts from its first day up to, not including, its last', () => {
  const table = createTaxTable([
    aRate({ country: 'DE', rate: '0.16', validFrom: '2020-07-01', validTo: '2021-01-01' }),
    aRate({ country: 'DE', rate: '0.19', validFrom: '2021-01-01' }),
  ]);
  expect(table.find('DE', 'toys', '2020-12-31')?.rate).toBe('0.16');
  expect(table.find('DE', 'toys', '2021-01-01')?.rate).toBe('0.19');
  expect(table.find('DE', 'toys', '2020-06-30')).toBeUndefined();
});
