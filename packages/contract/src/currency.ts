import iso4217 from './iso-4217.json' with { type: 'json' };
import type { CurrencyExponent } from './money.ts';

/** Codes without minor units (metals, bond market units, testing) are not in the data: no money is counted in them. */
const exponents: ReadonlyMap<string, CurrencyExponent> = new Map(
  Object.entries({ ...iso4217.withdrawn, ...iso4217.active }).map(([code, digits]) => [code, asExponent(code, digits)]),
);

/** ISO 4217 codes that money can be counted in, in alphabetical order: the active ones, and those withdrawn of late. */
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
