import { formatMinor, type CurrencyExponent } from '@pulse/contract';

import type { CustomerProfile } from '../../fraud/customers.ts';

/** A profile as a row of customer_profiles: its columns in the table's order. */
export function profileRow(profile: CustomerProfile, baseExponent: CurrencyExponent): unknown[] {
  return [
    profile.customerId,
    profile.transactionCount,
    formatMinor(profile.amountBaseSum, baseExponent),
    squareText(profile.amountBaseSquares, baseExponent),
    new Date(profile.firstMs).toISOString(),
    new Date(profile.lastMs).toISOString(),
    profile.lastCountry === '' ? null : profile.lastCountry,
    profile.lastCurrency,
    profile.recent.map(({ timeMs, amount, amountBase, currency, country }) => [
      timeMs,
      amount,
      amountBase,
      currency,
      country,
    ]),
  ];
}

/** A sum of squares of minor units as decimal text of major units: twice the currency's decimals. */
function squareText(squaresMinor: bigint, exponent: CurrencyExponent): string {
  const decimals = exponent * 2;
  if (decimals === 0) return squaresMinor.toString();
  const digits = squaresMinor.toString().padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
