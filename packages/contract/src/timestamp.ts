export interface Instant {
  /** Milliseconds since 1970-01-01T00:00:00Z, rounded down. */
  readonly epochMs: number;
  /** Microseconds after `epochMs`, 0–999; finer digits are dropped, as PostgreSQL has no place for them. */
  readonly microseconds: number;
  /** The calendar date at the message's own offset, YYYY-MM-DD: the date that tax law goes by. */
  readonly localDate: string;
}

export type TimestampFault = 'timestamp_no_offset' | 'timestamp_invalid';

const dateAndTime = String.raw`[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.([0-9]{1,9}))?`;
const withOffset = new RegExp(`^${dateAndTime}(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))$`);
const withoutOffset = new RegExp(`^${dateAndTime}$`);

/**
 * Reads an RFC 3339 timestamp with an offset. The date must exist in the Gregorian calendar, the year be 0001–9999;
 * a leap second (:60) is a fault, for PostgreSQL would move it into the next minute.
 */
export function parseTimestamp(text: string): Instant | TimestampFault {
  const match = withOffset.exec(text);
  if (match === null) return withoutOffset.test(text) ? 'timestamp_no_offset' : 'timestamp_invalid';
  const [, decimals = '', sign, offsetHours, offsetMinutes] = match;
  const offsetMs = parseOffset(sign, Number(offsetHours), Number(offsetMinutes));
  const midnightMs = parseDate(text);
  const timeMs = parseTime(text);
  if (offsetMs === undefined || midnightMs === undefined || timeMs === undefined) return 'timestamp_invalid';

  const fraction = decimals.slice(0, 6).padEnd(6, '0');
  return {
    epochMs: midnightMs + timeMs + Number(fraction.slice(0, 3)) - offsetMs,
    microseconds: Number(fraction.slice(3)),
    localDate: text.slice(0, 10),
  };
}

/** Milliseconds from 1970 to the date's midnight, or undefined for a date that no calendar has. */
function parseDate(text: string): number | undefined {
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(5, 7));
  const day = Number(text.slice(8, 10));
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return new Date(0).setUTCFullYear(year, month - 1, day);
}

/** Milliseconds since midnight, without the fraction, or undefined for a time that no clock shows. */
function parseTime(text: string): number | undefined {
  const hour = Number(text.slice(11, 13));
  const minute = Number(text.slice(14, 16));
  const second = Number(text.slice(17, 19));
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return ((hour * 60 + minute) * 60 + second) * 1000;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Milliseconds ahead of UTC; 0 for Z (no sign), undefined for an offset that no clock has. */
function parseOffset(sign: string | undefined, hours: number, minutes: number): number | undefined {
  if (sign === undefined) return 0;
  if (hours > 23 || minutes > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
