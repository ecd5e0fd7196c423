import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';

/** How a dashboard is looked at. */
export interface Look {
  readonly uid: string;
  readonly width?: number;
  readonly theme?: 'dark' | 'light';
  /** More of the address: the time range and variables. */
  readonly search?: Readonly<Record<string, string>>;
}

/** A dashboard in a tab of its own, with all that went wrong there; it closes with its block. */
export interface Visit extends AsyncDisposable {
  readonly page: Page;
  /** Errors on the console, exceptions, and answers other than 200. */
  readonly errors: readonly string[];
}

/** High enough for every panel to be in view: those that are not are not asked for. */
const height = 4200;

/** Opens a dashboard and waits until each of its panels has got its rows. */
export async function visit(browser: Browser, url: string, look: Look): Promise<Visit> {
  const { uid, width = 1440, theme = 'dark', search = {} } = look;
  // Without a locale of the machine Chromium reports en-US@posix, which no formatter takes.
  const options = { viewport: { width, height }, locale: 'en-US', timezoneId: 'America/New_York' };
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error: Error) => errors.push(`exception: ${error.message}`));
  page.on('response', (response) => {
    if (response.status() >= 400) errors.push(`${response.status()} ${new URL(response.url()).pathname}`);
  });
  await page.goto(`${url}/d/${uid}?${new URLSearchParams({ theme, ...search }).toString()}`);
  await settled(page);
  return { page, errors, [Symbol.asyncDispose]: () => context.close() };
}

/** Waits until every panel has asked and none loads any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator('[data-viz-panel-key]').first().waitFor();
  await page.waitForLoadState('networkidle');
  const loading = page.getByLabel('Panel loading bar');
  await expect.poll(() => loading.count(), { timeout: 30_000 }).toBe(0);
}

/** What a panel shows, as text; figures drawn on a canvas are not in it. */
export async function panelText(page: Page, id: number): Promise<string> {
  return panel(page, id).innerText();
}

/** The figure that a panel shows, behind its title and what the figure is compared with. */
export async function figureOf(page: Page, id: number): Promise<string> {
  return (await panelText(page, id)).split('\n').at(-1) ?? '';
}

/** The panel of an id. */
export function panel(page: Page, id: number) {
  return page.locator(`[data-viz-panel-key="panel-${id}"]`);
}
