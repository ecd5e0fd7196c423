import { env } from 'node:process';

import { currencyCodes, currencyExponent, type CurrencyExponent } from '@pulse/contract';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createConversion } from './exchange.ts';
import { computeTax, createTaxTable } from './tax.ts';
import type { RoundingMode } from './rational.ts';

/** `node bench/src/main.ts --money` raises it to a million. */
const runs = Number(env['MONEY_CASES'] ?? 10_000);
const timeoutMs = 60_000 + runs;

const amounts = fc.oneof(fc.bigInt({ min: 1n, max: 1_000_000n }), fc.bigInt({ min: 1n, max: 10n ** 18n }));
const currencies = fc.constantFrom(...currencyCodes);
const roundings = fc.constantFrom('half_up' as const, 'half_even' as const);
const taxRates = fc.integer({ min: 0, max: 999_999 }).map((millionths) => `0.${String(millionths).padStart(6, '0')}`);
/** As numeric(24, 12) holds them, from a millionth to millions, of few digits and of many. */
const exchangeRates = fc
  .tuple(
    fc.integer({ min: 0, max: 2_000_000 }),
    fc.bigInt({ min: 1n, max: 10n ** 12n - 1n }),
    fc.integer({ min: 0, max: 11 }),
  )
  .map(([whole, fraction, zeros]) => `${whole}.${String(fraction / 10n ** BigInt(zeros) || 1n).padStart(12, '0')}`);

test(
  'tax and total equal those of an arbitrary-precision reference, and no minor unit appears or vanishes',
  () => {
    const increments = fc.constantFrom(1, 1, 5, 10, 100);
    fc.assert(
      fc.property(
        amounts,
        taxRates,
        fc.boolean(),
        roundings,
        increments,
        (amount, rate, isInclusive, rounding, increment) => {
          const rule = createTaxTable([
            {
              country: 'US',
              region: '*',
              productCategory: '*',
              rate,
              isInclusive,
              roundingMode: rounding,
              roundingIncrementMinor: increment,
              isVerified: true,
              validFrom: '2000-01-01',
              validTo: null,
            },
          ]).find('US', '', 'toys', '2026-01-01');
          if (rule === undefined) throw new Error('the rule holds on every day');
          const { taxMinor, totalMinor } = computeTax(amount, rule);
          expect(taxMinor).toBe(referenceTax(amount, { rate, isInclusive, rounding, increment }));
          expect(totalMinor).toBe(isInclusive ? amount : amount + taxMinor);
        },
      ),
      { numRuns: runs },
    );
  },
  timeoutMs,
);

test(
  'conversion equals an arbitrary-precision reference, direct and crossed, in every currency',
  () => {
    const crossRates = fc.option(exchangeRates, { nil: undefined });
    fc.assert(
      fc.property(
        amounts,
        exchangeRates,
        crossRates,
        currencies,
        currencies,
        roundings,
        (amount, rate, crossRate, currency, base, rounding) => {
          const exponent = exponentOf(currency);
          const baseExponent = exponentOf(base);
          const converted = createConversion({ rate, crossRate, exponent, baseExponent, rounding })(amount);
          const expected = referenceConversion(amount, { rate, crossRate, exponent, baseExponent, rounding });
          expect(converted).toBe(expected);
        },
      ),
      { numRuns: runs },
    );
  },
  timeoutMs,
);

/** Enough for every product here, and for a quotient to be told from a half. */
const Exact = Decimal.clone({ precision: 120, toExpPos: 200 });

function rounded(value: Decimal, rounding: RoundingMode): bigint {
  const mode = rounding === 'half_up' ? Decimal.ROUND_HALF_UP : Decimal.ROUND_HALF_EVEN;
  return BigInt(value.toDecimalPlaces(0, mode).toFixed(0));
}

interface TaxTerms {
  readonly rate: string;
  readonly isInclusive: boolean;
  readonly rounding: RoundingMode;
  readonly increment: number;
}

/** As the rules say it: a share of the amount, or of the amount without tax, rounded to the increment. */
function referenceTax(amount: bigint, { rate, isInclusive, rounding, increment }: TaxTerms): bigint {
  const share = new Exact(amount.toString()).times(rate);
  const tax = isInclusive ? share.div(new Exact(1).plus(rate)) : share;
  return rounded(tax.div(increment), rounding) * BigInt(increment);
}

interface ConversionTerms {
  readonly rate: string;
  readonly crossRate: string | undefined;
  readonly exponent: CurrencyExponent;
  readonly baseExponent: CurrencyExponent;
  readonly rounding: RoundingMode;
}

/** In major units: amount × crossRate / rate, rounded to the base currency's decimals. */
function referenceConversion(amount: bigint, terms: ConversionTerms): bigint {
  const major = new Exact(amount.toString()).div(new Exact(10).pow(terms.exponent));
  const base = major.times(terms.crossRate ?? 1).div(terms.rate);
  return rounded(base.times(new Exact(10).pow(terms.baseExponent)), terms.rounding);
}

function exponentOf(currency: string): CurrencyExponent {
  const exponent = currencyExponent(currency);
  if (exponent === undefined) throw new Error(`${currency} has no exponent`);
  return exponent;
}
