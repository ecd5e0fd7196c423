import { amountIntegerDigitsMax, type AmountFault } from './money.ts';

type PlainDecimal =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'rejected'; readonly reason: AmountFault | 'amount_imprecise' };

/**
 * A number as a JSON text spells it. `JSON.parse` gives the nearest double instead, which can not tell 149.99 from
 * 149.9900000000000001. Who has the text hands in one of these in the number's place.
 */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Significant decimal digits that survive text → double → text, whatever they are. */
const exactDigitsMax = 15;
/** No currency has more. */
const decimalsMax = 4;

const numberPattern = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;

/**
 * Writes a JSON number as a plain decimal without superfluous zeros, exactly: 1.5E7 is "15000000", 149.90 is "149.9".
 * The text counts, never its double. Where the two differ for some reader of the topic (more than 15 significant digits),
 * and where no amount is written like that, the answer is the reason.
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
  const pointAt = integer.length - leadingZeros + Number(exponent);
  if (pointAt > amountIntegerDigitsMax) return rejected('amount_out_of_range');
  if (digits.length > exactDigitsMax) return rejected('amount_imprecise');
  if (digits.length - pointAt > decimalsMax) return rejected('amount_too_fine');
  if (pointAt <= 0) return plain(`0.${'0'.repeat(-pointAt)}${digits}`);
  if (digits.length <= pointAt) return plain(digits.padEnd(pointAt, '0'));
  return plain(`${digits.slice(0, pointAt)}.${digits.slice(pointAt)}`);
}

function plain(text: string): PlainDecimal {
  return { kind: 'plain', text };
}

function rejected(reason: AmountFault | 'amount_imprecise'): PlainDecimal {
  return { kind: 'rejected', reason };
}

/** Digits without zeros at either end. A loop, for a pattern of zeros at the end takes the square of a hostile length. */
function significantDigits(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end).replace(/^0+/, '');
}
