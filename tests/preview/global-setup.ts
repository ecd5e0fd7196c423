import type { TestProject } from 'vitest/node';

import { buildPreview } from '../../local/src/setup/preview.ts';
import { findBrowser } from './browser.ts';
import type { BrowserProgram } from './packaged-browser.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the built preview page. */
    previewPage: string;
    browser: BrowserProgram;
  }
}

/** Finds a browser and builds the preview's page, unless these sources are built already. */
export async function setup(project: TestProject): Promise<void> {
  project.provide('browser', await findBrowser());
  project.provide('previewPage', await buildPreview());
}
