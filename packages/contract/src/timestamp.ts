export interface Instant {
  /** Milliseconds since 1970-01-01T00:00:00Z, rounded down. */
  readonly epochMs: number;
  /** Microseconds after `epochMs`, 0–999; finer digits are cut off, because PostgreSQL can not store them. */
  readonly microseconds: number;
  /** The calendar date at the message's own offset, YYYY-MM-DD: the date that tax law uses. */
  readonly localDate: string;
  /** The same in days since 1970-01-01. */
  readonly localDay: number;
}

export type TimestampReason = 'timestamp_no_offset' | 'timestamp_invalid' | 'timestamp_leap_second';

const dateAndTime = String.raw`[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?`;
const withOffset = new RegExp(`^${dateAndTime}(?:[Zz]|[+-][0-9]{2}:[0-9]{2})$`);
const withoutOffset = new RegExp(`^${dateAndTime}$`);

const dayMs = 86_400_000;
const secondIndex = 17;
const fractionIndex = 20;
const fractionDigits = 6;
/** The length of "+01:00". */
const offsetLength = 6;

/**
 * Reads an RFC 3339 timestamp with an offset. The date must exist in the Gregorian calendar, in the years 0001–9999. A leap
 * second (:60) is rejected, because PostgreSQL would move it into the next minute. The fraction may have any number of digits.
 */
export function parseTimestamp(text: string): Instant | TimestampReason {
  if (!withOffset.test(text)) return withoutOffset.test(text) ? 'timestamp_no_offset' : 'timestamp_invalid';
  const isUtc = /[Zz]$/.test(text);
  const offsetIndex = text.length - (isUtc ? 1 : offsetLength);
  const offsetMs = isUtc ? 0 : parseOffset(text, offsetIndex);
  const midnightMs = parseDate(text);
  const timeMs = parseTime(text);
  if (offsetMs === undefined || midnightMs === undefined || timeMs === undefined) return 'timestamp_invalid';
  if (numberAt(text, secondIndex, 2) === 60) return 'timestamp_leap_second';

  const fraction = parseFraction(text, offsetIndex);
  return {
    epochMs: midnightMs + timeMs + Math.floor(fraction / 1000) - offsetMs,
    microseconds: fraction % 1000,
    localDate: text.slice(0, 10),
    localDay: midnightMs / dayMs,
  };
}

/** Milliseconds from 1970 to the date's midnight, or undefined for a date that does not exist. */
function parseDate(text: string): number | undefined {
  const year = numberAt(text, 0, 4);
  const month = numberAt(text, 5, 2);
  const day = numberAt(text, 8, 2);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return midnightOf(year, month, day);
}

/** A cache of the last date: most timestamps are of one day. */
let last = { date: 0, midnightMs: 0 };

function midnightOf(year: number, month: number, day: number): number {
  const date = (year * 100 + month) * 100 + day;
  if (date !== last.date) last = { date, midnightMs: new Date(0).setUTCFullYear(year, month - 1, day) };
  return last.midnightMs;
}

/** Milliseconds since midnight, without the fraction, or undefined for a time that does not exist. */
function parseTime(text: string): number | undefined {
  const hour = numberAt(text, 11, 2);
  const minute = numberAt(text, 14, 2);
  const second = numberAt(text, secondIndex, 2);
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  return ((hour * 60 + minute) * 60 + second) * 1000;
}

/** The fraction of the second, which ends where the offset begins, in whole microseconds. */
function parseFraction(text: string, offsetIndex: number): number {
  const digits = Math.min(fractionDigits, Math.max(0, offsetIndex - fractionIndex));
  return numberAt(text, fractionIndex, digits) * 10 ** (fractionDigits - digits);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Milliseconds ahead of UTC for an offset such as "+01:00"; undefined for an impossible offset. */
function parseOffset(text: string, index: number): number | undefined {
  const hours = numberAt(text, index + 1, 2);
  const minutes = numberAt(text, index + 4, 2);
  if (hours > 23 || minutes > 59) return undefined;
  return (text[index] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** The number of some decimal digits: several times as fast as `Number` of a substring. */
function numberAt(text: string, start: number, digits: number): number {
  let number = 0;
  for (let index = start; index < start + digits; index += 1) number = number * 10 + text.charCodeAt(index) - 0x30;
  return number;
}
