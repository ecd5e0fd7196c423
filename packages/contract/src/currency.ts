import { data } from 'currency-codes';

import type { CurrencyExponent } from './money.ts';

/**
 * ISO 4217 codes without minor units: metals, bond market units, drawing rights, testing, no currency.
 * The package gives them 0 decimals, as if they were yen; the test beside compares this list with ISO's own.
 */
export const codesWithoutMinorUnits: ReadonlySet<string> = new Set([
  'XAG',
  'XAU',
  'XBA',
  'XBB',
  'XBC',
  'XBD',
  'XDR',
  'XPD',
  'XPT',
  'XSU',
  'XTS',
  'XUA',
  'XXX',
]);

const exponents: ReadonlyMap<string, CurrencyExponent> = new Map(
  data
    .filter(({ code }) => !codesWithoutMinorUnits.has(code))
    .map(({ code, digits }) => [code, asExponent(code, digits)]),
);

/** Active ISO 4217 codes that money can be counted in, in alphabetical order. */
export const currencyCodes: readonly string[] = [...exponents.keys()].sort();

/** How many decimals the currency has by ISO 4217, or undefined for no known currency. */
export function currencyExponent(code: string): CurrencyExponent | undefined {
  return exponents.get(code);
}

function asExponent(code: string, digits: number): CurrencyExponent {
  if (digits === 0 || digits === 2 || digits === 3 || digits === 4) return digits;
  throw new Error(
    `the currency data give ${code} ${digits} decimals: numeric(19,4) and this contract expect 0, 2, 3 or 4`,
  );
}
