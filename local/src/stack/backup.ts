import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { confirm } from '../setup/ask.ts';
import { root } from '../setup/paths.ts';
import { StepError, type Progress } from '../setup/progress.ts';
import type { Settings } from '../setup/settings.ts';
import { runInside } from './run-inside.ts';
import { Supervisor } from './supervisor.ts';

/** A name that sorts by time, in the checkout's own folder of backups. */
function defaultBackupFile(now: Date): string {
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return join(root, 'backups', `warehouse-${time}.backup`);
}

/** Writes the warehouse with its positions into one file, while the stack runs. @returns the exit code. */
export async function backup(settings: Settings, file: string | undefined): Promise<number> {
  const target = file === undefined ? defaultBackupFile(new Date()) : resolve(root, file);
  return migrate(settings, ['backup', '--file', target]);
}

/** Puts a backup in the place of the warehouse, after asking. @returns the exit code. */
export async function restore(
  settings: Settings,
  progress: Progress,
  options: { readonly file: string | undefined; readonly alwaysYes: boolean },
): Promise<number> {
  const { file, alwaysYes } = options;
  if (file === undefined) throw new StepError('Restore', new Error('say which: make restore FILE=backups/…'));
  const source = resolve(root, file);
  if (!(await stat(source).catch(() => undefined))) throw new StepError('Restore', new Error(`there is no ${source}`));
  if (!(await confirm(`Replace every row of the warehouse by those of ${source}?`, alwaysYes))) {
    process.stdout.write('Nothing done.\n');
    return 0;
  }
  return replaceWarehouse(settings, progress, ['restore', '--file', source, '--yes']);
}

/** Drops every table of the warehouse and makes them again, empty. @returns the exit code. */
export async function reset(settings: Settings, progress: Progress): Promise<number> {
  return replaceWarehouse(settings, progress, ['reset', '--yes']);
}

/**
 * Runs the migrator with Airflow's scheduler paused. Staged files go: they belong to batches that the warehouse has never heard of
 * afterwards.
 */
async function replaceWarehouse(settings: Settings, progress: Progress, args: readonly string[]): Promise<number> {
  const supervisor = new Supervisor(settings.folders);
  const wasScheduling = (await supervisor.isRunning()) && (await supervisor.states()).get(scheduler) === 'RUNNING';
  if (wasScheduling) await progress.step('Pausing the schedule', () => supervisor.stop(scheduler));
  try {
    const code = await migrate(settings, args);
    if (code === 0) await progress.step('Removing staged files', () => emptyFolder(settings.folders.staging));
    return code;
  } finally {
    if (wasScheduling) await progress.step('Going on with the schedule', () => supervisor.start(scheduler));
  }
}

const scheduler = 'airflow-scheduler';

async function migrate(settings: Settings, args: readonly string[]): Promise<number> {
  return runInside(settings, join(settings.folders.bin, 'migrate'), args);
}

async function emptyFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
}
