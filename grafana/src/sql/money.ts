import { currencyCodes, currencyExponent } from '@pulse/contract';

/**
 * SQL of an amount as text with the decimals of its currency and commas between thousands: 1,001 yen, 3.333 dinars,
 * 12.00 dollars. It is text because a column in Grafana has the same decimals in each row. Blanks fill it up on the left,
 * which no page shows: so a table that is sorted by the column is sorted by the amount, as far as currencies have equal decimals.
 *
 * @param amount - SQL of a number.
 * @param currency - SQL of its currency's code.
 */
export function moneyText(amount: string, currency: string): string {
  return `to_char(${amount}, ${pattern(currency)})`;
}

/** The same for an amount in the base currency. */
export function baseMoneyText(amount: string): string {
  return `to_char(${amount}, (select ${pattern('base_currency')} from warehouse_state))`;
}

/** Decimals that few currencies have; all others have two. */
const unusualDecimals = [0, 3, 4];

function pattern(currency: string): string {
  const cases = unusualDecimals.map((decimals) => {
    const codes = currencyCodes.filter((code) => currencyExponent(code) === decimals);
    return `when ${currency} in (${codes.map((code) => `'${code}'`).join(', ')}) then '${digits(decimals)}'`;
  });
  return `case ${cases.join(' ')} else '${digits(2)}' end`;
}

/** A pattern of to_char, for the sum of a thousand of the largest amounts that the warehouse holds. */
function digits(decimals: number): string {
  const whole = '999,999,999,999,999,990';
  return decimals === 0 ? whole : `${whole}.${'0'.repeat(decimals)}`;
}
