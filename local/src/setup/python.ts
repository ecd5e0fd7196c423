import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';

import { installed, root } from './paths.ts';

/** A Python environment from one lock file of dags/: `venv` runs Airflow, `venv-dev` also tests and lints. */
export type PythonEnvironment = 'venv' | 'venv-dev';

const locks = { venv: 'requirements.lock', 'venv-dev': 'requirements-dev.lock' } as const;
const uvVersion = '0.13.9';
const pythonNames = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11'];

/** The path of a program in a Python environment. */
export function pythonProgram(environment: PythonEnvironment, program: string): string {
  return join(installed, environment, 'bin', program);
}

/** Installs exactly the packages of the lock file, by hash; does nothing if the file is unchanged. */
export async function installPython(environment: PythonEnvironment): Promise<void> {
  const lock = join(root, 'dags', locks[environment]);
  const folder = join(installed, environment);
  const stamp = join(folder, '.installed');
  const wanted = createHash('sha256')
    .update(await readFile(lock))
    .digest('hex');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return;
  const uv = await findUv();
  const env = { UV_PYTHON_DOWNLOADS: 'never' };
  const python = join(folder, 'bin', 'python');
  await execa(uv, ['venv', '--quiet', '--clear', '--python', await findPython(), folder], { env, timeout: 60_000 });
  const sync = ['pip', 'sync', '--quiet', '--require-hashes', '--compile-bytecode', '--python', python, lock];
  await execa(uv, sync, { env, timeout: 600_000 });
  await writeFile(stamp, wanted);
}

/** An installed uv, or one that is installed next to the environments. */
async function findUv(): Promise<string> {
  const present = await execa('uv', ['--version'], { reject: false });
  if (present.exitCode === 0) return 'uv';
  const folder = join(installed, 'uv');
  const uv = join(folder, 'bin', 'uv');
  const own = await execa(uv, ['--version'], { reject: false });
  if (own.exitCode === 0) return uv;
  await mkdir(installed, { recursive: true });
  await execa(await findPython(), ['-m', 'venv', folder], { timeout: 60_000 });
  await execa(join(folder, 'bin', 'pip'), ['install', '--quiet', `uv==${uvVersion}`], { timeout: 300_000 });
  return uv;
}

/** @throws Error if no Python on the machine is new enough. */
async function findPython(): Promise<string> {
  const isNewEnough = 'import sys; sys.exit(sys.version_info < (3, 11))';
  for (const name of pythonNames) {
    const check = await execa(name, ['-c', isNewEnough], { reject: false });
    if (check.exitCode === 0) return name;
  }
  throw new Error('no Python 3.11 or newer found: install one, or use RUNTIME=compose');
}
