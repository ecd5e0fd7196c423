import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import * as z from 'zod';

import { BatchStaging, freeBytes, stepFolder, sweepStaging } from './staging.ts';

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

const step = stepFolder('extract', z.object({ readCount: z.number() }));
const output = { facts: { readCount: 7 }, files: {} };

test('a manifest that somebody has edited does not count', async () => {
  const staging = new BatchStaging(stagingDir, 'b', 'identity');
  const { folder } = await staging.publish(step, () => output);
  const manifest = join(folder, 'manifest.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('7', '8'));
  expect(staging.find(step)).toBeUndefined();
});

test('of two attempts at once the second goes on with what the first has left', async () => {
  const staging = new BatchStaging(stagingDir, 'b', 'identity');
  const late = await staging.publish(step, async () => {
    await staging.publish(step, () => output);
    return { ...output, facts: { readCount: 8 } };
  });
  expect(late.facts).toEqual({ readCount: 7 });
});
