import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseTimestamp } from './timestamp.ts';

test('any instant at any offset is read back exactly', () => {
  const instants = fc.date({
    min: new Date('0001-01-02T00:00:00Z'),
    max: new Date('9999-12-30T00:00:00Z'),
    noInvalidDate: true,
  });
  const offsets = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 });
  fc.assert(
    fc.property(instants, offsets, fc.nat(999), (instant, offsetMinutes, microseconds) => {
      const local = new Date(instant.getTime() + offsetMinutes * 60_000).toISOString().slice(0, -1);
      const minutes = Math.abs(offsetMinutes);
      const clock = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
      const text = `${local}${String(microseconds).padStart(3, '0')}${offsetMinutes < 0 ? '-' : '+'}${clock}`;
      const localDate = local.slice(0, 10);
      const localDay = Date.parse(localDate) / 86_400_000;
      expect(parseTimestamp(text)).toEqual({ epochMs: instant.getTime(), microseconds, localDate, localDay });
    }),
    { numRuns: 2_000 },
  );
});

test('the date is that of the message’s own offset', () => {
  expect(parseTimestamp('2026-01-01T00:30:00+09:00')).toEqual({
    epochMs: Date.UTC(2025, 11, 31, 15, 30),
    microseconds: 0,
    localDate: '2026-01-01',
    localDay: Date.UTC(2026, 0) / 86_400_000,
  });
});

test('digits finer than a microsecond are dropped, never rounded up', () => {
  expect(parseTimestamp('2026-01-01T00:00:00.999999999Z')).toMatchObject({
    epochMs: Date.UTC(2026, 0, 1) + 999,
    microseconds: 999,
  });
});

test.each([7, 9, 10, 12, 60_000])('a fraction of %i digits is read, and cut to microseconds', (digits) => {
  expect(parseTimestamp(`2026-01-01T00:00:00.${'123456'.padEnd(digits, '9')}+01:00`)).toMatchObject({
    epochMs: Date.UTC(2025, 11, 31, 23, 0, 0, 123),
    microseconds: 456,
  });
});

describe('an invalid timestamp has one reason', () => {
  test.each([
    ['2026-11-22T10:15:30', 'timestamp_no_offset'],
    ['2026-11-22T10:15:30.123', 'timestamp_no_offset'],
    ['2026-02-29T00:00:00Z', 'timestamp_invalid'],
    ['2100-02-29T00:00:00Z', 'timestamp_invalid'],
    ['2026-04-31T00:00:00Z', 'timestamp_invalid'],
    ['2026-13-01T00:00:00Z', 'timestamp_invalid'],
    ['2026-00-01T00:00:00Z', 'timestamp_invalid'],
    ['2026-01-00T00:00:00Z', 'timestamp_invalid'],
    ['0000-01-01T00:00:00Z', 'timestamp_invalid'],
    ['2026-01-01T24:00:00Z', 'timestamp_invalid'],
    ['2026-01-01T00:60:00Z', 'timestamp_invalid'],
    ['2016-12-31T23:59:60Z', 'timestamp_leap_second'],
    ['2016-12-31T15:59:60.5-08:00', 'timestamp_leap_second'],
    ['2016-12-31T23:59:61Z', 'timestamp_invalid'],
    ['2016-02-30T23:59:60Z', 'timestamp_invalid'],
    ['2016-12-31T23:59:60', 'timestamp_no_offset'],
    ['2026-01-01T00:00:00+24:00', 'timestamp_invalid'],
    ['2026-01-01T00:00:00+01:60', 'timestamp_invalid'],
    ['2026-01-01T00:00:00+0100', 'timestamp_invalid'],
    ['2026-01-01T00:00:00.Z', 'timestamp_invalid'],
    ['2026-01-01 00:00:00Z', 'timestamp_invalid'],
    ['2026-01-01', 'timestamp_invalid'],
    ['1767225600', 'timestamp_invalid'],
    ['', 'timestamp_invalid'],
  ])('%j', (text, reason) => {
    expect(parseTimestamp(text)).toBe(reason);
  });
});
