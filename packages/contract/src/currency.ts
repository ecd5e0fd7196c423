import iso4217 from './iso-4217.json' with { type: 'json' };
import type { CurrencyExponent } from './money.ts';

/** A currency of ISO 4217, and the days on which it was legal tender. */
export interface Currency {
  readonly code: string;
  readonly exponent: CurrencyExponent;
  /** The first and the last day, YYYY-MM-DD; null if it is unknown or in the future. */
  readonly from: string | null;
  readonly to: string | null;
  /** The same in days since 1970-01-01; infinite if there is none. */
  readonly firstDay: number;
  readonly lastDay: number;
}

const dayMs = 86_400_000;

/** Codes without minor units (metals, bond market units, testing) are not in the data, because no amounts use them. */
const currencies: ReadonlyMap<string, Currency> = new Map(
  Object.entries(iso4217.currencies).map(([code, { decimals, from, to }]) => [
    code,
    {
      code,
      exponent: asExponent(code, decimals),
      from,
      to,
      firstDay: from === null ? -Infinity : Date.parse(from) / dayMs,
      lastDay: to === null ? Infinity : Date.parse(to) / dayMs,
    },
  ]),
);

/** ISO 4217 codes for amounts, in alphabetical order: the current ones and those since 1999. */
export const currencyCodes: readonly string[] = [...currencies.keys()].sort();

/** A currency by its code; undefined if unknown. */
export function currencyOf(code: string): Currency | undefined {
  return currencies.get(code);
}

/** The currency's decimals in ISO 4217; undefined if unknown. */
export function currencyExponent(code: string): CurrencyExponent | undefined {
  return currencies.get(code)?.exponent;
}

/**
 * Whether the currency is accepted on a day, given in days since 1970-01-01: while it was legal tender and `graceDays` after.
 * With an infinite grace it is accepted on every day.
 */
export function isInForce({ firstDay, lastDay }: Currency, day: number, graceDays: number): boolean {
  return (day >= firstDay && day <= lastDay + graceDays) || graceDays === Infinity;
}

function asExponent(code: string, digits: number): CurrencyExponent {
  if (digits === 0 || digits === 2 || digits === 3 || digits === 4) return digits;
  throw new Error(
    `the currency data give ${code} ${digits} decimals: numeric(19,4) and this contract expect 0, 2, 3 or 4`,
  );
}
