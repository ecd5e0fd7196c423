/** The decimals of a currency. ISO 4217 has no others. */
export type CurrencyExponent = 0 | 2 | 3 | 4;

export type AmountReason =
  | 'amount_not_decimal'
  | 'amount_negative'
  | 'amount_zero'
  | 'amount_too_fine'
  | 'amount_out_of_range';

/** Digits before the decimal point that the warehouse's numeric(19,4) holds. */
export const amountIntegerDigitsMax = 15;

/** A plain decimal: no exponent, no plus sign, no leading zeros, digits on both sides of a point. */
const decimalPattern = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;

/**
 * Reads a positive amount of money into minor units of a currency, exactly: ("149.99", 2) is 14999n.
 * Zeros beyond the currency's decimals change nothing ("1500.00" yen is 1500n); any other digit there is rejected.
 * A bad amount is a value, never an exception.
 */
export function parseAmountMinor(text: string, exponent: CurrencyExponent): bigint | AmountReason {
  const reason = amountReason(text);
  if (reason !== undefined) return reason;
  const point = text.indexOf('.');
  if (point === -1) return BigInt(text + '0'.repeat(exponent));
  const fraction = text.slice(point + 1);
  if (fraction.length > exponent && /[1-9]/.test(fraction.slice(exponent))) return 'amount_too_fine';
  return BigInt(text.slice(0, point) + fraction.slice(0, exponent).padEnd(exponent, '0'));
}

/** Why a text is not an amount in any currency, or undefined. */
export function amountReason(text: string): Exclude<AmountReason, 'amount_too_fine'> | undefined {
  const match = decimalPattern.exec(text);
  if (match === null) return 'amount_not_decimal';
  const [, sign, integer = '', fraction = ''] = match;
  if (sign === '-') return 'amount_negative';
  if (integer.length > amountIntegerDigitsMax) return 'amount_out_of_range';
  if (integer === '0' && !/[1-9]/.test(fraction)) return 'amount_zero';
  return undefined;
}

/** Writes minor units as a decimal with all of the currency's decimals: (14999n, 2) is "149.99". Negative is allowed. */
export function formatMinor(minor: bigint, exponent: CurrencyExponent): string {
  if (exponent === 0) return minor.toString();
  if (minor >= 0n && minor <= quickMax) return formatQuickly(Number(minor), exponent);
  const sign = minor < 0n ? '-' : '';
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0');
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** Up to here a double holds every whole number, and its division by a power of ten has an exact whole part. */
const quickMax = 2n ** 50n;
const divisors = { 2: 100, 3: 1000, 4: 10_000 } as const;

/** The same for nearly all amounts, several times as fast: a million rows have five million amounts. */
function formatQuickly(minor: number, exponent: 2 | 3 | 4): string {
  const divisor = divisors[exponent];
  const fraction = minor % divisor;
  return `${(minor - fraction) / divisor}.${String(divisor + fraction).slice(1)}`;
}
