import process from 'node:process';

import { afterEach, expect, test, vi } from 'vitest';

import { commandLineOf } from './command-line.ts';

afterEach(() => vi.unstubAllEnvs());

test('a command line is found without ps on the PATH', async () => {
  vi.stubEnv('PATH', '');
  expect(await commandLineOf(process.ppid)).toContain('vitest');
});

test('a process that does not exist has no command line', async () => {
  expect(await commandLineOf(4_194_305)).toBe('');
});
