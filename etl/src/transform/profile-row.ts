import { formatMinor, type CurrencyExponent } from '@pulse/contract';

import type { ChangedProfile } from '../fraud/customers.ts';

/** A profile as a row of customer_profiles in JSON: its columns in the table's order. */
export function profileRow(profile: ChangedProfile, baseExponent: CurrencyExponent): string {
  const { recentSalesJson, lastCountry } = profile;
  const columns = [
    profile.customerId,
    profile.saleCount,
    formatMinor(profile.amountBaseSum, baseExponent),
    squareText(profile.amountBaseSquares, baseExponent),
    new Date(profile.firstMs).toISOString(),
    new Date(profile.lastMs).toISOString(),
    lastCountry === '' ? null : lastCountry,
    profile.lastCurrency,
  ];
  return `${JSON.stringify(columns).slice(0, -1)},${recentSalesJson}]`;
}

/** A sum of squares of minor units as decimal text of major units: twice the currency's decimals. */
function squareText(squaresMinor: bigint, exponent: CurrencyExponent): string {
  const decimals = exponent * 2;
  if (decimals === 0) return squaresMinor.toString();
  const digits = squaresMinor.toString().padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
