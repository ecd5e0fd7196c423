import { expect, test } from 'vitest';

import { kindOfRun } from './run-kind.ts';

test.each([
  ['scheduled__2026-11-22T17:24:00+00:00', 'scheduled'],
  ['backfill__2026-11-22T17:24:00+00:00', 'backfill'],
  ['manual__2026-11-22T17:24:00.123456+00:00_aB3dE5fG', 'manual'],
  ['asset_triggered__2026-11-22T17:24:00+00:00', 'manual'],
  ['my scheduled__run', 'manual'],
  [undefined, 'manual'],
])('a run %s makes a batch of the kind %s', (runId, kind) => {
  expect(kindOfRun(runId)).toBe(kind);
});
