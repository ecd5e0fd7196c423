import process from 'node:process';

import { execa } from 'execa';
import { afterEach, expect, test, vi } from 'vitest';

import { findBrowser } from './browser.ts';
import { hasPackagedBrowser, installPackagedBrowser } from './packaged-browser.ts';

afterEach(() => vi.unstubAllEnvs());

test('TEST_BROWSER wins over every other browser', async () => {
  vi.stubEnv('TEST_BROWSER', process.execPath);
  expect(await findBrowser()).toEqual({ path: process.execPath, env: {} });
});

test('a TEST_BROWSER that is not there is named, and no other is used', async () => {
  vi.stubEnv('TEST_BROWSER', '/nowhere/chromium');
  await expect(findBrowser()).rejects.toThrow('TEST_BROWSER is /nowhere/chromium: no such program');
});

test('the browser of this machine, or the one that comes with the packages, starts', async () => {
  vi.stubEnv('TEST_BROWSER', '');
  const programs = [await findBrowser(), ...(hasPackagedBrowser ? [await installPackagedBrowser()] : [])];
  for (const { path, env } of programs) {
    const { stdout } = await execa(path, ['--version', '--no-sandbox'], { env });
    expect(stdout).toMatch(/^(Chromium|Google Chrome|HeadlessChrome) \d+/);
  }
});
