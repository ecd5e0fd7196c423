import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { root } from '../setup/paths.ts';
import { previewPage } from '../setup/preview.ts';
import type { Settings } from '../setup/settings.ts';
import type { Program } from './supervisor.ts';

/**
 * The preview of the dashboards, for machines without Grafana. It builds its page if needed, at the lowest priority, and
 * then serves it. Nothing waits for the build.
 */
export async function previewProgram(settings: Settings): Promise<Program> {
  const page = await previewPage();
  const build = 'nice -n 19 "$0" local/src/main.ts preview-build';
  const serve = 'exec "$0" grafana/src/preview/main.ts "$1"';
  return {
    name: 'grafana',
    command: ['sh', '-c', `[ -d "$1" ] || ${build} && ${serve}`, process.execPath, page],
    // Changed dashboards make Supervisor restart it, as a changed page does.
    environment: { ...settings.environment, PULSE_BUILD: await dashboardsVersion() },
    folder: root,
    stopSignal: 'TERM',
    stopSeconds: 10,
  };
}

async function dashboardsVersion(): Promise<string> {
  const folder = join(root, 'grafana', 'dashboards');
  const hash = createHash('sha256');
  for (const name of (await readdir(folder)).sort()) hash.update(await readFile(join(folder, name)));
  return hash.digest('hex').slice(0, 12);
}
