import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';

import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Home folder of an installed Grafana. */
    grafanaHome: string;
  }
}

/** Finds the Grafana that TEST_GRAFANA names. @throws Error saying what to set. */
export async function setup(project: TestProject): Promise<void> {
  const home = env['TEST_GRAFANA'] ?? '';
  if (home === '') throw new Error(`TEST_GRAFANA is not set. ${whatItIs}`);
  for (const part of ['bin/grafana', 'conf/defaults.ini']) {
    await access(join(home, part)).catch(() => {
      throw new Error(`TEST_GRAFANA is ${home}, which has no ${part}. ${whatItIs}`);
    });
  }
  project.provide('grafanaHome', home);
}

const whatItIs =
  'Let it name the home folder of an installed Grafana, the one with bin/grafana and conf/defaults.ini: an unpacked archive of its releases, or /usr/share/grafana';
