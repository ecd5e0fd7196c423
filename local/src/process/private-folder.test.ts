import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { isReachableByAll } from './private-folder.ts';

let above: string;

beforeEach(async () => {
  above = await mkdtemp(join(tmpdir(), 'pulse-reach-'));
  await chmod(above, 0o755);
});
afterEach(() => rm(above, { recursive: true }));

test('a private folder can be reached if those above it let others pass', async () => {
  const own = join(above, 'data');
  await mkdir(own, { mode: 0o700 });

  expect(await isReachableByAll(own)).toBe(true);
});

test('a folder below a private one can not be reached, whether it exists or not', async () => {
  await chmod(above, 0o700);

  expect(await isReachableByAll(join(above, 'not', 'made', 'yet'))).toBe(false);
});
