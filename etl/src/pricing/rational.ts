/** How a half is rounded: 'half_up' away from zero, 'half_even' to the even neighbour. */
export type RoundingMode = 'half_up' | 'half_even';

/** An exact decimal number: `digits` / 10^`scale`. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

const decimalText = /^(-?)(\d+)(?:\.(\d+))?$/;

/** Reads PostgreSQL's text of a numeric. @throws RangeError for NaN, Infinity and anything else. */
export function parseDecimal(text: string): Decimal {
  const match = decimalText.exec(text);
  if (match === null) throw new RangeError(`${JSON.stringify(text)} is no decimal number`);
  const [, sign = '', integer = '0', fraction = ''] = match;
  const trimmed = fraction.replace(/0+$/, '');
  return { digits: BigInt(`${sign}${integer}${trimmed}`), scale: trimmed.length };
}

/** The product of two decimals that are not negative, as text; rounded, a half up, where it has more decimals than that. */
export function multiplyDecimals(a: string, b: string, scaleMax: number): string {
  const [left, right] = [parseDecimal(a), parseDecimal(b)];
  const scale = left.scale + right.scale;
  const product = left.digits * right.digits;
  const kept = Math.min(scale, scaleMax);
  const digits = divideRounded(product, powerOfTen(scale - kept), 'half_up')
    .toString()
    .padStart(kept + 1, '0');
  return kept === 0 ? digits : `${digits.slice(0, -kept)}.${digits.slice(-kept)}`;
}

/** A whole number times a fixed fraction, exact and rounded once to a whole number. */
export type Multiplier = (amount: bigint) => bigint;

/**
 * Prepares multiplying by numerator / denominator, neither negative and the denominator positive. Where every step fits
 * into a double's whole numbers, which is so for nearly all amounts, doubles do it: exact as well, and several times as fast.
 */
export function createMultiplier(numerator: bigint, denominator: bigint, mode: RoundingMode): Multiplier {
  const divisor = greatestCommonDivisor(numerator, denominator);
  const [top, bottom] = [numerator / divisor, denominator / divisor];
  if (top === bottom) return (amount) => amount;
  if (top > maxSafe || bottom > maxSafe) return (amount) => divideRounded(amount * top, bottom, mode);
  const [quickTop, quickBottom] = [Number(top), Number(bottom)];
  const quickMax = top === 0n ? maxSafe : maxSafe / top;
  return (amount) => {
    if (amount < 0n || amount > quickMax) return divideRounded(amount * top, bottom, mode);
    return BigInt(divideQuickly(Number(amount) * quickTop, quickBottom, mode));
  };
}

const maxSafe = BigInt(Number.MAX_SAFE_INTEGER);

/** Both are whole, not negative, and at most 2^53 - 1, so that the rest, twice the rest and the quotient are exact. */
function divideQuickly(numerator: number, denominator: number, mode: RoundingMode): number {
  const rest = numerator % denominator;
  const quotient = (numerator - rest) / denominator;
  if (rest * 2 < denominator) return quotient;
  if (rest * 2 > denominator) return quotient + 1;
  return mode === 'half_up' || quotient % 2 === 1 ? quotient + 1 : quotient;
}

/** numerator / denominator, rounded once to a whole number. The denominator is positive. */
export function divideRounded(numerator: bigint, denominator: bigint, mode: RoundingMode): bigint {
  if (numerator < 0n) return -divideRounded(-numerator, denominator, mode);
  const quotient = numerator / denominator;
  const twiceRest = (numerator % denominator) * 2n;
  if (twiceRest < denominator) return quotient;
  if (twiceRest > denominator) return quotient + 1n;
  return mode === 'half_up' || quotient % 2n === 1n ? quotient + 1n : quotient;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [left, right] = [a, b];
  while (right !== 0n) [left, right] = [right, left % right];
  return left;
}

const powers: bigint[] = Array.from({ length: 40 }, (_, exponent) => 10n ** BigInt(exponent));

/** 10^exponent. */
export function powerOfTen(exponent: number): bigint {
  return powers[exponent] ?? 10n ** BigInt(exponent);
}
