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
    isVerified: true,
    validFrom: '2000-01-01',
    validTo: null,
    ...changes,
  };
}

function prepared(changes: Partial<TaxRate> = {}): PreparedTaxRate {
  const rate = createTaxTable([aRate(changes)]).find('US', '', 'books', '2026-01-01');
  if (rate === undefined) throw new Error('a rate of the US covers books');
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

test('the most specific rule wins: region and category, region, category, country', () => {
  const table = createTaxTable([
    aRate({ country: 'CA', rate: '0.05' }),
    aRate({ country: 'CA', productCategory: 'books', rate: '0.04' }),
    aRate({ country: 'CA', region: 'QC', rate: '0.15' }),
    aRate({ country: 'CA', region: 'QC', productCategory: 'books', rate: '0.06' }),
  ]);
  const rateOf = (region: string, category: string) => table.find('CA', region, category, '2026-01-01')?.rate;
  expect(rateOf('QC', 'books')).toBe('0.06');
  expect(rateOf('QC', 'toys')).toBe('0.15');
  expect(rateOf('ON', 'books')).toBe('0.04');
  expect(rateOf('ON', 'toys')).toBe('0.05');
  expect(rateOf('', 'books')).toBe('0.04');
});

test('a more specific rule that does not hold on the day leaves it to the next one', () => {
  const table = createTaxTable([
    aRate({ country: 'DE', rate: '0.19' }),
    aRate({ country: 'DE', productCategory: 'books', rate: '0.07', validFrom: '2021-01-01' }),
  ]);
  expect(table.find('DE', '', 'books', '2020-12-31')?.rate).toBe('0.19');
});

test('a country without a rule has no tax rate, whatever others have', () => {
  expect(createTaxTable([aRate()]).find('FR', '', 'books', '2026-01-01')).toBeUndefined();
});

test('a message without a country is taxed as one from the US', () => {
  expect(createTaxTable([aRate()]).find('', '', 'books', '2026-01-01')?.jurisdiction).toBe('US');
});

test('a rule counts from its first day up to, not including, its last', () => {
  const table = createTaxTable([
    aRate({ country: 'DE', rate: '0.16', validFrom: '2020-07-01', validTo: '2021-01-01' }),
    aRate({ country: 'DE', rate: '0.19', validFrom: '2021-01-01' }),
  ]);
  expect(table.find('DE', '', 'toys', '2020-12-31')?.rate).toBe('0.16');
  expect(table.find('DE', '', 'toys', '2021-01-01')?.rate).toBe('0.19');
  expect(table.find('DE', '', 'toys', '2020-06-30')).toBeUndefined();
});
