import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { refuseProductionData } from '../kafka/environment-mark.ts';
import { installed, root } from './paths.ts';
import type { Settings } from './settings.ts';

/** Removes a stopped stack's data and everything installed and built for it. Keeps `.env`: it is the user's. */
export async function clean(settings: Settings): Promise<void> {
  const { stack, postgres, socket, kafka } = settings.folders;
  await refuseProductionData(kafka);
  const packages = [
    'producer',
    'etl',
    'migrations',
    'local',
    'grafana',
    'grafana/preview',
    'tests',
    'tests/preview/chromium',
    'bench',
  ];
  const shared = (await readdir(join(root, 'packages'))).map((name) => join('packages', name));
  const built = [...packages, ...shared].flatMap((name) => [
    join(root, name, 'dist'),
    join(root, name, 'node_modules'),
  ]);
  const outside = postgres.startsWith(stack) ? [] : [dirname(postgres)];
  // node_modules last: this program runs from there.
  for (const path of [stack, ...outside, socket, installed, ...built, join(root, 'node_modules')]) {
    await rm(path, { recursive: true, force: true });
  }
}
