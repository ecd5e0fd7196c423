import { parseTimestamp } from '@pulse/contract';
import { expect, test } from 'vitest';

import { storedTimestamp } from './stored-timestamp.ts';

test.each([
  ['2026-11-22T10:15:30Z', '2026-11-22T10:15:30Z'],
  ['2026-11-22t10:15:30.5z', '2026-11-22T10:15:30.5Z'],
  ['2026-11-22T10:15:30.123456999Z', '2026-11-22T10:15:30.123456Z'],
  ['2026-11-22T10:15:30.123456999+15:59', '2026-11-22T10:15:30.123456+15:59'],
  ['2026-11-22T10:15:30.123456999+16:00', '2026-11-21T18:15:30.123456Z'],
  ['2026-11-22T10:15:30-23:59', '2026-11-23T10:14:30.000000Z'],
])('%s is stored as %s', (text, stored) => {
  const instant = parseTimestamp(text);
  if (typeof instant === 'string') throw new Error(instant);
  expect(storedTimestamp(text, instant)).toBe(stored);
});
