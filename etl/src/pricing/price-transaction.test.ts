import { expect, test } from 'vitest';

import { createExchangeTable } from './exchange.ts';
import { priceTransaction, utcDay, type PricingRules, type Sale } from './price-transaction.ts';
import { createTaxTable } from './tax.ts';

const flatRate = {
  country: 'US',
  region: '*',
  productCategory: '*',
  rate: '0.085000',
  isInclusive: false,
  roundingMode: 'half_up',
  roundingIncrementMinor: 1,
  isVerified: true,
  validFrom: '2000-01-01',
  validTo: null,
} as const;

const pricing: PricingRules = {
  taxTable: createTaxTable([flatRate, { ...flatRate, country: 'DE', rate: '0.19', isInclusive: true }]),
  exchangeTable: createExchangeTable(
    [
      {
        base: 'USD',
        quote: 'EUR',
        rate: '0.800000000000',
        validFrom: '2026-11-20',
        validTo: '2026-11-21',
        isSample: false,
      },
      { base: 'USD', quote: 'JPY', rate: '150', validFrom: '2026-11-01', validTo: '2026-11-02', isSample: false },
    ],
    { baseCurrency: 'USD', baseExponent: 2, ageMaxDays: 10, rounding: 'half_even' },
  ),
  baseExponent: 2,
  unverifiedTax: 'accept',
};

const aSale = (changes: Partial<Sale> = {}): Sale => ({
  amountMinor: 25_000n,
  currency: 'USD',
  timestampMs: Date.parse('2026-11-22T11:00:00Z'),
  localDate: '2026-11-22',
  productCategory: 'toys',
  country: 'US',
  ...changes,
});

test('USD 250.00 carries a tax of 21.25 and a total of 271.25', () => {
  expect(priceTransaction(aSale(), pricing)).toMatchObject({
    kind: 'priced',
    taxMinor: 2125n,
    totalMinor: 27_125n,
    amountBaseMinor: 25_000n,
    taxBaseMinor: 2125n,
    exchangeRate: { rate: '1' },
  });
});

test('a tax that is included leaves the total as it is', () => {
  expect(priceTransaction(aSale({ country: 'DE', amountMinor: 11_900n }), pricing)).toMatchObject({
    taxMinor: 1900n,
    totalMinor: 11_900n,
    taxRate: { jurisdiction: 'DE' },
  });
});

const rejections = [
  ['a country without a tax rule', { country: 'FR' }, 'tax_rate_missing', 'country'],
  ['a date before any tax rule', { localDate: '1999-12-31' }, 'tax_rate_missing', 'country'],
  ['a currency without a rate', { currency: 'GBP' }, 'exchange_rate_missing', 'currency'],
  ['a rate that is too old', { currency: 'JPY' }, 'exchange_rate_stale', 'currency'],
  [
    'a day before the first rate',
    { currency: 'EUR', timestampMs: Date.parse('2026-11-19') },
    'exchange_rate_missing',
    'currency',
  ],
  ['a total of 16 digits', { amountMinor: 99_999_999_999_999_999n }, 'amount_out_of_range', 'amount'],
  [
    'a base amount of 16 digits',
    { amountMinor: 90_000_000_000_000_000n, currency: 'EUR' },
    'amount_out_of_range',
    'amount',
  ],
] as const;

test.each(rejections)('%s is a reason, not an exception', (_, changes, reason, field) => {
  expect(priceTransaction(aSale(changes), pricing)).toMatchObject({ kind: 'rejected', reason, field });
});

const withUnverified = {
  ...pricing,
  taxTable: createTaxTable([
    { ...flatRate, country: 'KZ', rate: '0.12', isVerified: false, validFrom: '2015-01-01', validTo: '2020-01-01' },
    { ...flatRate, country: 'KZ', rate: '0.12', validFrom: '2020-01-01' },
  ]),
};

test('a tax rate that nobody has verified is charged, or a reason to reject, as the setting says', () => {
  const sale = aSale({ country: 'KZ', localDate: '2019-12-31' });
  expect(priceTransaction(sale, withUnverified)).toMatchObject({ kind: 'priced', taxMinor: 3000n });
  expect(priceTransaction(sale, { ...withUnverified, unverifiedTax: 'quarantine' })).toEqual({
    kind: 'rejected',
    reason: 'tax_rate_unverified',
    field: 'country',
    detail: 'country KZ, category toys, date 2019-12-31, rate 0.12',
  });
});

test('from the day on that a rate is verified for it is charged under both settings', () => {
  const sale = aSale({ country: 'KZ', localDate: '2020-01-01' });
  for (const unverifiedTax of ['accept', 'quarantine'] as const) {
    expect(priceTransaction(sale, { ...withUnverified, unverifiedTax })).toMatchObject({ taxMinor: 3000n });
  }
});

test('the largest total that the warehouse holds passes', () => {
  // 921,658,986,175,115.20 and 8.5 % of it are 999,999,999,999,999.99.
  expect(priceTransaction(aSale({ amountMinor: 92_165_898_617_511_520n }), pricing)).toMatchObject({
    totalMinor: 99_999_999_999_999_999n,
  });
});

test('days are UTC, also before 1970', () => {
  expect(utcDay(Date.parse('2026-11-22T23:59:59.999Z'))).toBe('2026-11-22');
  expect(utcDay(-1)).toBe('1969-12-31');
});
