import { access, constants } from 'node:fs/promises';
import { env, getuid } from 'node:process';

import { chromium, type Browser } from 'playwright-core';
import { inject } from 'vitest';

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser that TEST_BROWSER names, or an installed one. @throws Error saying how to get one. */
export async function findBrowser(): Promise<string> {
  const given = env['TEST_BROWSER'] ?? '';
  for (const path of given === '' ? usualPlaces : [given]) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  const what = given === '' ? 'no Chromium is installed' : `TEST_BROWSER is ${given}: no such program`;
  throw new Error(`${what}. Install one (apt-get install chromium fonts-dejavu-core), or let TEST_BROWSER name it`);
}

/** Starts a headless browser; it ends with its block (`await using`). */
export async function openBrowser(): Promise<Browser & AsyncDisposable> {
  return chromium.launch({
    executablePath: inject('browserPath'),
    // Chromium's sandbox refuses to run as root, which containers of CI do.
    chromiumSandbox: getuid?.() !== 0,
  });
}
