import { amountIntegerDigitsMax, type AmountReason } from './money.ts';

type PlainDecimal =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'rejected'; readonly reason: AmountReason | 'amount_imprecise' };

/**
 * A number with its JSON text. `JSON.parse` gives the nearest double, which is the same for 149.99 and
 * 149.9900000000000001. Callers that have the text pass this instead of the number.
 */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Up to this many significant digits, text → double → text never changes them. */
const exactDigitsMax = 15;
/** No currency has more. */
const decimalsMax = 4;

const numberPattern = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;

/**
 * Writes a JSON number as a plain decimal without superfluous zeros, exactly: 1.5E7 is "15000000", 149.90 is "149.9".
 * Only the text counts, not its double. If both may differ for another reader of the topic (more than 15 significant
 * digits), or if it is not an amount, the result is the reason.
 */
export function plainDecimal(number: string): PlainDecimal {
  const match = numberPattern.exec(number);
  if (match === null) return rejected('amount_not_decimal');
  const [, sign, integer = '', fraction = '', exponent = '0'] = match;
  const all = integer + fraction;
  const digits = significantDigits(all);
  if (digits === '') return rejected('amount_zero');
  if (sign === '-') return rejected('amount_negative');
  const leadingZeros = all.search(/[1-9]/);
  const pointIndex = integer.length - leadingZeros + Number(exponent);
  if (pointIndex > amountIntegerDigitsMax) return rejected('amount_out_of_range');
  if (digits.length > exactDigitsMax) return rejected('amount_imprecise');
  if (digits.length - pointIndex > decimalsMax) return rejected('amount_too_fine');
  if (pointIndex <= 0) return plain(`0.${'0'.repeat(-pointIndex)}${digits}`);
  if (digits.length <= pointIndex) return plain(digits.padEnd(pointIndex, '0'));
  return plain(`${digits.slice(0, pointIndex)}.${digits.slice(pointIndex)}`);
}

function plain(text: string): PlainDecimal {
  return { kind: 'plain', text };
}

function rejected(reason: AmountReason | 'amount_imprecise'): PlainDecimal {
  return { kind: 'rejected', reason };
}

/** Digits without zeros at either end. A loop, because a pattern for zeros at the end takes quadratic time. */
function significantDigits(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end).replace(/^0+/, '');
}
