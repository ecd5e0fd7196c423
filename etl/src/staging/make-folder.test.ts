import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { makeFolder } from './make-folder.ts';

test('a folder is made with those above it, and may be there already', () => {
  const folder = mkdtempSync(join(tmpdir(), 'folder-'));
  try {
    makeFolder(join(folder, 'a', 'b'));
    makeFolder(join(folder, 'a', 'b'));
    expect(statSync(join(folder, 'a', 'b')).isDirectory()).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

// Nobody may make folders there; in containers it is read-only.
test('where folders can not be made the reason is the system’s, never a missing folder', () => {
  expect(() => makeFolder('/sys/pulse/data')).toThrow(/^(EPERM|EACCES|EROFS)/);
});
