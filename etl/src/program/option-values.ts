import { InvalidArgumentError } from '@commander-js/extra-typings';
import { dayAfter, parseDay, parseTimestamp } from '@pulse/contract';

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

const spans: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const moment = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?([Zz]|[+-]\d\d:\d\d))?$/;

/** A UTC day as YYYY-MM-DD. */
export function dayOption(text: string): string {
  const day = parseDay(text);
  if (day !== undefined) return day;
  throw new InvalidArgumentError(`expected a day of the calendar, as 2026-11-22.${calendarHint(text)}`);
}

/** A moment: RFC 3339, with or without seconds; a UTC day; or a span back from now as 90m, 24h or 7d. */
export function instantOption(text: string): Date {
  const time = instantOf(text);
  if (time !== undefined && Math.abs(time) <= timeMaxMs) return new Date(time);
  const expected = 'expected a time as 2026-11-22T20:15:00Z, a UTC day, or a span as 90m, 24h, 7d.';
  throw new InvalidArgumentError(`${expected}${calendarHint(text)}`);
}

/** The end of a span, as `instantOption`: a day as the end means all of it. */
export function endOption(text: string): Date {
  return instantOption(parseDay(text) === undefined ? text : dayAfter(text));
}

/** The furthest moment that a Date holds. */
const timeMaxMs = 8.64e15;

/** Milliseconds since 1970; undefined for what is neither a span nor a moment that a calendar and a clock have. */
function instantOf(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const spanMs = spans[unit];
  if (amount !== undefined && spanMs !== undefined) return Date.now() - Number(amount) * spanMs;
  const [, day, time = '00:00', seconds = ':00', offset = 'Z'] = moment.exec(text) ?? [];
  const instant = day === undefined ? undefined : parseTimestamp(`${day}T${time}${seconds}${offset}`);
  return typeof instant === 'object' ? instant.epochMs : undefined;
}

/** What is wrong with a text that has the form of a day or a moment. */
function calendarHint(text: string): string {
  return moment.test(text) ? ` No calendar and clock have ${text}.` : '';
}
