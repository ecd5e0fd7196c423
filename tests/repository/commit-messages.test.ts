import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { root } from './repository-files.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'commit-message-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the hook as Git does: with the file of the message. */
function check(message: string): { readonly taken: boolean; readonly reason: string } {
  const file = join(folder, 'COMMIT_EDITMSG');
  writeFileSync(file, message);
  const { status, stderr } = spawnSync('sh', [join(root, '.githooks/commit-msg'), file], { encoding: 'utf8' });
  return { taken: status === 0, reason: stderr };
}

test.each([
  'etl: reject amounts finer than the currency\n',
  'etl, dags: a step ends at once when its task is killed\n\nWhy, in as many lines as it takes.\n',
  'tests: none needs kill\n# A comment of Git.\n',
  `etl: ${'x'.repeat(67)}\n`,
  'Revert "etl: reject amounts finer than the currency"\n',
  'fixup! etl: reject amounts finer than the currency\n',
])('%j is taken', (message) => {
  expect(check(message)).toEqual({ taken: true, reason: '' });
});

test.each([
  ['reject amounts finer than the currency\n', 'it begins with the area'],
  ['Etl: reject amounts\n', 'it begins with the area'],
  ['etl:reject amounts\n', 'it begins with the area'],
  ['\n', 'it begins with the area'],
  [`etl: ${'x'.repeat(68)}\n`, 'it has 73 characters, more than 72'],
  ['etl: reject amounts.\n', 'it ends without a full stop'],
  ['etl: reject amounts\nfiner than the currency\n', 'the second line is empty'],
])('%j is refused', (message, reason) => {
  expect(check(message)).toEqual({ taken: false, reason: expect.stringContaining(reason) });
});
