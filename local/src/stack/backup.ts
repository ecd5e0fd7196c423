import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { confirm } from '../setup/ask.ts';
import { root } from '../setup/paths.ts';
import { StepError, type Progress } from '../setup/progress.ts';
import type { Settings } from '../setup/settings.ts';
import { runInside } from './run-inside.ts';
import { Supervisor } from './supervisor.ts';

/** A file name that sorts by time, in the checkout's folder of backups. */
function defaultBackupFile(now: Date): string {
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return join(root, 'backups', `warehouse-${time}.backup`);
}

/** Writes the warehouse with its positions into one file, while the stack runs. @returns the exit code. */
export async function backup(settings: Settings, file: string | undefined): Promise<number> {
  const target = file === undefined ? defaultBackupFile(new Date()) : resolve(root, file);
  return migrate(settings, ['backup', '--file', target]);
}

/** Replaces the warehouse by a backup, after a confirmation. @returns the exit code. */
export async function restore(
  settings: Settings,
  progress: Progress,
  options: { readonly file: string | undefined; readonly alwaysYes: boolean },
): Promise<number> {
  const { file, alwaysYes } = options;
  if (file === undefined) throw new StepError('Restore', new Error('FILE is missing: make restore FILE=backups/…'));
  const source = resolve(root, file);
  if (!(await stat(source).catch(() => undefined)))
    throw new StepError('Restore', new Error(`${source} does not exist`));
  if (!(await confirm(`Replace every row of the warehouse by those of ${source}?`, alwaysYes))) {
    process.stdout.write('Nothing was changed.\n');
    return 0;
  }
  return replaceWarehouse(settings, progress, ['restore', '--file', source, '--yes']);
}

/** Drops every table of the warehouse and makes them again. @returns the exit code. */
export async function reset(settings: Settings, progress: Progress): Promise<number> {
  return replaceWarehouse(settings, progress, ['reset', '--yes']);
}

/**
 * Runs the migrator while Airflow's scheduler is stopped. Then removes staged files: the new warehouse does not know their
 * batches.
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
    if (wasScheduling) await progress.step('Resuming the schedule', () => supervisor.start(scheduler));
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
