import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';

import { installed, root } from './paths.ts';

const sourceFolder = join(root, 'grafana', 'preview');
/** Sources of the server that are also part of the page. */
const sharedFolders = [join(root, 'grafana', 'src', 'preview')];
const sharedFiles = [join(root, 'grafana', 'src', 'warehouse-datasource.ts'), join(root, 'tsconfig.base.json')];

/** As in local.sh. */
const pnpm = 'pnpm@12.21.0';

/** The folder of the page that is built from these sources. */
export async function previewPage(): Promise<string> {
  const hash = createHash('sha256');
  const files = await Promise.all([sourceFolder, ...sharedFolders].map(filesIn));
  for (const file of [...files.flat(), ...sharedFiles].sort()) {
    hash
      .update(file.slice(root.length))
      .update('\0')
      .update(await readFile(file))
      .update('\0');
  }
  return join(installed, 'preview', hash.digest('hex').slice(0, 16));
}

/** Whether that page has been built. */
export async function isPreviewBuilt(): Promise<boolean> {
  return exists(await previewPage());
}

/**
 * Installs the page's packages and builds it, unless it has been built. A rename makes the complete page visible, so two
 * builds at once are safe.
 * @returns its folder.
 */
export async function buildPreview(): Promise<string> {
  const page = await previewPage();
  if (await exists(page)) return page;
  const unfinished = `${page}.${process.pid}`;
  await mkdir(join(installed, 'preview'), { recursive: true });
  const options = { cwd: sourceFolder, all: true, timeout: 900_000 };
  const args = ['--yes', '--loglevel=error', pnpm, 'install', '--frozen-lockfile', '--prefer-offline'];
  await execa('npx', [...args, '--reporter=silent'], options);
  const vite = join(sourceFolder, 'node_modules', 'vite', 'bin', 'vite.js');
  // Otherwise the caller's NODE_ENV would be built into the page.
  const env = { NODE_ENV: 'production' };
  await execa(process.execPath, [vite, 'build', '--outDir', unfinished], { ...options, env });
  // Another build of the same sources may have finished first.
  await rename(unfinished, page).catch(() => rm(unfinished, { recursive: true }));
  return page;
}

/** Source files below a folder, without what is installed or built there. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const sources = entries.filter(({ name }) => !['node_modules', 'dist'].includes(name) && !name.endsWith('.test.ts'));
  const nested = sources.map(async (entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
  return (await Promise.all(nested)).flat();
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
