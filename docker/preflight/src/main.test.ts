import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

test('the program names each refused variable on a line and ends with 64', () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [main], {
    env: { PATH: process.env['PATH'], CODE_VERSION: 'development' },
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 64, stdout: '' });
  const lines = stderr.trim().split('\n');
  expect(lines).toHaveLength(13);
  expect(lines[0]).toBe('AIRFLOW_ADMIN_PASSWORD is not set: set it in .env to the output of `openssl rand -hex 24`');
  expect(lines.at(-1)).toMatch(/^12 wrong settings; nothing was started/);
});
