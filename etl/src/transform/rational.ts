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

/** numerator / denominator, rounded once to a whole number. The denominator is positive. */
export function divideRounded(numerator: bigint, denominator: bigint, mode: RoundingMode): bigint {
  if (numerator < 0n) return -divideRounded(-numerator, denominator, mode);
  const quotient = numerator / denominator;
  const twiceRest = (numerator % denominator) * 2n;
  if (twiceRest < denominator) return quotient;
  if (twiceRest > denominator) return quotient + 1n;
  return mode === 'half_up' || quotient % 2n === 1n ? quotient + 1n : quotient;
}

const powers: bigint[] = Array.from({ length: 40 }, (_, exponent) => 10n ** BigInt(exponent));

/** 10^exponent. */
export function powerOfTen(exponent: number): bigint {
  return powers[exponent] ?? 10n ** BigInt(exponent);
}
