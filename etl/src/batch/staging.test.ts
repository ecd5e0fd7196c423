import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { freeBytes, sweepStaging } from './staging.ts';

let stagingDir: string;

beforeEach(() => {
  stagingDir = mkdtempSync(join(tmpdir(), 'staging-'));
});
afterEach(() => rmSync(stagingDir, { recursive: true }));

function aFolder(name: string, changedAt: string): string {
  const folder = join(stagingDir, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'file'), '');
  utimesSync(folder, new Date(changedAt), new Date(changedAt));
  return folder;
}

test('folders of batches that nobody has touched since then are removed, and nothing else', () => {
  const old = aFolder('batch-old', '2026-01-01T00:00:00Z');
  const recent = aFolder('batch-recent', '2026-01-03T00:00:00Z');
  const foreign = aFolder('notes', '2026-01-01T00:00:00Z');
  expect(sweepStaging(stagingDir, new Date('2026-01-02T00:00:00Z'))).toEqual(['batch-old']);
  expect([old, recent, foreign].map((folder) => existsSync(folder))).toEqual([false, true, true]);
});

test('a staging area that is not there yet has nothing to sweep, and room', () => {
  const missing = join(stagingDir, 'missing');
  expect(sweepStaging(missing, new Date())).toEqual([]);
  expect(freeBytes(missing)).toBeGreaterThan(0);
});
