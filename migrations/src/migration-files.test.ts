import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

const migrations = join(import.meta.dirname, '..');

test('drizzle-kit finds nothing in the schema that the SQL does not make', { timeout: 60_000 }, async () => {
  const copy = await mkdtemp(join(tmpdir(), 'migrations-'));
  try {
    await cp(join(migrations, 'sql'), copy, { recursive: true });
    const before = await readdir(copy);
    const kit = join(migrations, 'node_modules', 'drizzle-kit', 'bin.cjs');
    const out = relative(migrations, copy);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [kit, 'generate', '--dialect', 'postgresql', '--schema', './schema/index.ts', '--out', out],
      { cwd: migrations, timeout: 60_000 },
    );
    expect(stdout).toContain('No schema changes');
    expect(await readdir(copy)).toEqual(before);
  } finally {
    await rm(copy, { recursive: true });
  }
});
