import { InvalidArgumentError } from '@commander-js/extra-typings';

/** A whole number from 0 on. */
export function wholeNumberOption(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('expected a whole number, as 20.');
}

/** An identifying number, from 1 on. */
export function numberArgument(text: string): number {
  const value = wholeNumberOption(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('expected a number from 1 on.');
}

/** An offset of Kafka. */
export function offsetOption(text: string): bigint {
  if (/^\d{1,18}$/.test(text)) return BigInt(text);
  throw new InvalidArgumentError('expected an offset, as 1042.');
}

/** Several values with commas between. */
export function listOption<Value>(one: (text: string) => Value): (text: string) => readonly Value[] {
  return (text) => {
    const parts = text.split(',').map((part) => part.trim());
    if (parts.includes('')) throw new InvalidArgumentError('expected values with commas between, as a,b.');
    return parts.map(one);
  };
}

const dayMs = 86_400_000;
const spans: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: dayMs };
const withOffset = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/i;

/** A moment: RFC 3339, a UTC day, or a span back from now as 90m, 24h or 7d. */
export function instantOption(text: string): Date {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const spanMs = unit === undefined ? undefined : spans[unit];
  if (amount !== undefined && spanMs !== undefined) return new Date(Date.now() - Number(amount) * spanMs);
  const time = withOffset.test(text) ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
  if (Number.isFinite(time)) return new Date(time);
  throw new InvalidArgumentError('expected a time as 2026-11-22T20:15:00Z, a UTC day, or a span as 90m, 24h, 7d.');
}

/** The end of a span, as `instantOption`: a day as the end means all of it. */
export function endOption(text: string): Date {
  const moment = instantOption(text);
  return /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(moment.getTime() + dayMs) : moment;
}
