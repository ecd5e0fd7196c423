import { join } from 'node:path';

import { execa } from 'execa';

import { makeClassArchive } from '../kafka/archive.ts';
import { installKafkaJars } from '../kafka/jars.ts';
import { root } from './paths.ts';
import { together, type Progress } from './progress.ts';
import { installPython } from './python.ts';

/** Installs and builds all that a stack needs, in parallel. Node's packages are already installed: this program uses them. */
export async function install(progress: Progress): Promise<void> {
  await together([
    progress.step('Bundles of etl, producer and migrations', build),
    progress.step('Python environment with Airflow', () => installPython('venv')),
    progress.step('Kafka', async () => {
      await installKafkaJars();
      await makeClassArchive();
    }),
  ]);
}

/** Bundles each program into one file. */
export async function build(): Promise<void> {
  for (const name of ['migrations', 'etl', 'producer']) {
    await execa(process.execPath, ['--run', 'build'], { cwd: join(root, name), all: true, timeout: 120_000 });
  }
}
