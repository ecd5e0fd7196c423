import { InvalidArgumentError } from '@commander-js/extra-typings';
import { describe, expect, test } from 'vitest';

import { dayOption, endOption, instantOption } from './option-values.ts';

describe('a moment', () => {
  test.each([
    ['2026-11-22T20:15:00Z', '2026-11-22T20:15:00.000Z'],
    ['2026-11-22 20:15+01:00', '2026-11-22T19:15:00.000Z'],
    ['2026-11-22t20:15:00.25z', '2026-11-22T20:15:00.250Z'],
    ['2026-11-22', '2026-11-22T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ])('%s is read', (text, expected) => {
    expect(instantOption(text).toISOString()).toBe(expected);
  });

  test('a span reaches back from now', () => {
    const before = Date.now();
    const moment = instantOption('90m').getTime();
    expect(moment).toBeGreaterThanOrEqual(before - 90 * 60_000);
    expect(moment).toBeLessThanOrEqual(Date.now() - 90 * 60_000);
  });

  test('as an end, a day means all of it', () => {
    expect(endOption('2026-12-31').toISOString()).toBe('2027-01-01T00:00:00.000Z');
    expect(endOption('2026-12-31T00:00Z').toISOString()).toBe('2026-12-31T00:00:00.000Z');
  });
});

const days = ['2026-11-31', '2025-02-29', '1900-02-29', '2026-00-10', '2026-13-01', '0000-01-01'];
const moments = ['2026-11-31T00:00:00Z', '2026-11-22T24:00:00Z', '2026-11-22T20:60Z', '2026-11-22T20:15:00+24:00'];

describe('what no calendar or clock has is refused, and named:', () => {
  test.each([...days, ...moments])('%s', (text) => {
    for (const option of [instantOption, endOption]) expect(() => option(text)).toThrow(`have ${text}`);
  });

  test.each(days)('the day %s', (text) => {
    expect(() => dayOption(text)).toThrow(`have ${text}`);
  });

  test.each(['', 'yesterday', '2026-11-22T20:15:00', '22.11.2026', '2026-11-2', '7w', '99999999999d'])('%s', (text) => {
    for (const option of [instantOption, endOption, dayOption])
      expect(() => option(text)).toThrow(InvalidArgumentError);
  });
});
