import type { Instant } from '@pulse/contract';

/** RFC 3339 allows offsets up to 23:59; PostgreSQL reads those of less than 16 hours. */
const wideOffset = /[+-](?:1[6-9]|2[0-3]):[0-5]\d$/;

/** True for a valid timestamp that PostgreSQL can not read as it is spelt. */
export function hasWideOffset(text: string): boolean {
  return wideOffset.test(text);
}

/**
 * A valid RFC 3339 timestamp in a spelling that PostgreSQL reads as the same instant: a fraction cut to microseconds, for
 * it would be rounded, T and Z as it knows them, and an offset that it does not know turned into UTC.
 */
export function storedTimestamp(text: string, { epochMs, microseconds }: Instant): string {
  if (!hasWideOffset(text)) return text.toUpperCase().replace(/(\.\d{6})\d+/, '$1');
  const milliseconds = new Date(epochMs).toISOString().slice(0, -1);
  return `${milliseconds}${String(microseconds).padStart(3, '0')}Z`;
}
