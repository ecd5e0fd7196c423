import { expect, test } from 'vitest';

import { createConversion, createExchangeTable, type ExchangeRate, type ExchangeRules } from './exchange.ts';

const rules: ExchangeRules = { baseCurrency: 'USD', baseExponent: 2, ageMaxDays: 3, rounding: 'half_even' };

/** Published on a day, for that day. */
function aRate(base: string, quote: string, rate: string, validFrom: string): ExchangeRate {
  const validTo = new Date(Date.parse(validFrom) + 86_400_000).toISOString().slice(0, 10);
  return { base, quote, rate, validFrom, validTo, isSample: false };
}

const table = createExchangeTable(
  [aRate('USD', 'EUR', '0.8', '2026-01-02'), aRate('USD', 'EUR', '0.9', '2026-01-05')],
  rules,
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

test('a rate that is still valid is not stale, however long ago it was published', () => {
  const monthly = { ...aRate('USD', 'EUR', '0.8', '2026-01-01'), validTo: '2026-02-01' };
  expect(createExchangeTable([monthly], rules).find('EUR', '2026-01-31')).toMatchObject({ kind: 'found' });
  expect(createExchangeTable([monthly], rules).find('EUR', '2026-02-01')).toMatchObject({ kind: 'stale' });
});

test('two rates of the euro make the one between them, rounded once', () => {
  const crossing = createExchangeTable(
    [aRate('EUR', 'JPY', '160', '2026-01-05'), aRate('EUR', 'USD', '1.1', '2026-01-04')],
    rules,
  );
  const lookup = crossing.find('JPY', '2026-01-05');
  expect(lookup).toMatchObject({ kind: 'found', rate: '160', crossRate: '1.1', date: '2026-01-04' });
  // 1,237 yen are 8.504375 dollars; by way of rounded euros (7.73) they would be 8.50 as well, of rounded rates 8.51.
  expect(lookup.kind === 'found' && lookup.convert(1237n)).toBe(850n);
});

test('crossing needs both rates to be fresh', () => {
  const crossing = createExchangeTable(
    [aRate('EUR', 'JPY', '160', '2026-01-05'), aRate('EUR', 'USD', '1.1', '2026-01-01')],
    rules,
  );
  expect(crossing.find('JPY', '2026-01-05')).toEqual({ kind: 'stale', date: '2026-01-01' });
});

test('a rate for one unit of the currency is used the other way round', () => {
  const reverse = createExchangeTable([aRate('EUR', 'USD', '1.1', '2026-01-05')], rules);
  const lookup = reverse.find('EUR', '2026-01-05');
  expect(lookup).toMatchObject({ kind: 'found', rate: '1', crossRate: '1.1' });
  expect(lookup.kind === 'found' && lookup.convert(1000n)).toBe(1100n);
});

test('a fresh crossed rate counts before a stale one of the pair itself', () => {
  const both = createExchangeTable(
    [
      aRate('USD', 'JPY', '150', '2026-01-01'),
      aRate('EUR', 'JPY', '160', '2026-01-05'),
      aRate('EUR', 'USD', '1.1', '2026-01-05'),
    ],
    rules,
  );
  expect(both.find('JPY', '2026-01-05')).toMatchObject({ kind: 'found', rate: '160' });
});

test('a rate that was made up counts only where no real one is fresh', () => {
  const made = { ...aRate('USD', 'JPY', '150', '2026-01-05'), isSample: true };
  const real = [aRate('EUR', 'JPY', '160', '2026-01-05'), aRate('EUR', 'USD', '1.1', '2026-01-05')];
  expect(createExchangeTable([made, ...real], rules).find('JPY', '2026-01-05')).toMatchObject({ rate: '160' });
  expect(createExchangeTable([made], rules).find('JPY', '2026-01-05')).toMatchObject({ rate: '150' });
});

test('dollar rates serve any base currency', () => {
  const dollars = [aRate('USD', 'JPY', '150', '2026-01-05'), aRate('USD', 'CHF', '0.8', '2026-01-05')];
  const lookup = createExchangeTable(dollars, { ...rules, baseCurrency: 'CHF' }).find('JPY', '2026-01-05');
  expect(lookup.kind === 'found' && lookup.convert(1500n)).toBe(800n);
});

/** The rate of a currency from the day on which the euro took its place. */
function anIrrevocableRate(quote: string, rate: string, validFrom: string): ExchangeRate {
  return { ...aRate('EUR', quote, rate, validFrom), validTo: 'infinity' };
}
const lev = anIrrevocableRate('BGN', '1.955830000000', '2026-01-01');

test('an irrevocable rate is never stale: the currency is worth its euros, at the rate of the day', () => {
  const rates = createExchangeTable([lev, aRate('EUR', 'USD', '1.1', '2026-02-05')], rules);
  const lookup = rates.find('BGN', '2026-02-06');
  expect(lookup).toMatchObject({ kind: 'found', rate: '1.95583', crossRate: '1.1', date: '2026-02-05' });
  expect(lookup.kind === 'found' && lookup.convert(195_583n)).toBe(110_000n);
  expect(rates.find('BGN', '2026-02-20')).toEqual({ kind: 'stale', date: '2026-02-05' });
  expect(rates.find('BGN', '2025-12-31')).toEqual({ kind: 'missing' });
});

test('it is exact, too, where the euro is quoted for one unit of the base currency', () => {
  const lookup = createExchangeTable([lev, aRate('USD', 'EUR', '0.8', '2026-02-05')], rules).find('BGN', '2026-02-05');
  expect(lookup).toMatchObject({ kind: 'found', rate: '1.564664', crossRate: undefined, date: '2026-02-05' });
  expect(lookup.kind === 'found' && lookup.convert(1_564_664n)).toBe(1_000_000n);
});

test('it comes before a rate of the currency that somebody still publishes', () => {
  const both = [lev, aRate('EUR', 'USD', '1.1', '2026-02-05'), aRate('USD', 'BGN', '1.7', '2026-02-05')];
  expect(createExchangeTable(both, rules).find('BGN', '2026-02-05')).toMatchObject({
    rate: '1.95583',
    crossRate: '1.1',
  });
});

test('a rate of more decimals than are stored is rounded, and the amount is converted by what is stored', () => {
  const long = [lev, aRate('USD', 'EUR', '0.869565217391', '2026-02-05')];
  expect(createExchangeTable(long, rules).find('BGN', '2026-02-05')).toMatchObject({ rate: '1.700721739130' });
});

test('a base currency of euros or of a currency before it needs no other rate', () => {
  const inEuros = createExchangeTable([lev], { ...rules, baseCurrency: 'EUR' }).find('BGN', '2026-02-05');
  expect(inEuros.kind === 'found' && inEuros.convert(195_583n)).toBe(100_000n);
  const leva = { ...rules, baseCurrency: 'BGN' };
  const ofEuros = createExchangeTable([lev], leva).find('EUR', '2030-01-01');
  expect(ofEuros.kind === 'found' && ofEuros.convert(100_000n)).toBe(195_583n);
  const dollars = createExchangeTable([lev, aRate('EUR', 'USD', '1.25', '2026-02-05')], leva).find('USD', '2026-02-05');
  expect(dollars).toMatchObject({ rate: '1.25', crossRate: '1.955830000000', date: '2026-02-05' });
});

test.each([
  ['EUR', 8000n, 2, '0.8', 10_000n],
  ['JPY', 1500n, 0, '150', 1000n],
  ['KWD', 1000n, 3, '0.25', 400n],
  ['a half to the even cent', 1n, 2, '0.4', 2n],
] as const)('%s: %d minor units at %s', (_, amountMinor, exponent, rate, expected) => {
  const convert = createConversion({ rate, crossRate: undefined, exponent, baseExponent: 2, rounding: 'half_even' });
  expect(convert(amountMinor)).toBe(expected);
});
