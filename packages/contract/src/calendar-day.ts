import { parseTimestamp } from './timestamp.ts';

const isoDay = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/** A day of the Gregorian calendar as YYYY-MM-DD, years 0001 to 9999; undefined for any other text. */
export function parseDay(text: string): string | undefined {
  return isoDay.test(text) && typeof parseTimestamp(`${text}T00:00:00Z`) === 'object' ? text : undefined;
}

/** The day after a day, both as YYYY-MM-DD. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
