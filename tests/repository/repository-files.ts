import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

const notOurs = [
  'node_modules',
  'dist',
  '.git',
  '.local',
  '.venv',
  '__pycache__',
  '.pytest_cache',
  '.ruff_cache',
  'backups',
  'coverage',
];

/**
 * The repository's files that match a pattern, by path from the root. What is installed, built, kept as data or set on this
 * machine is left out.
 */
export function repositoryFiles(...patterns: readonly string[]): readonly string[] {
  const exclude = ['.env', ...notOurs.map((folder) => `**/${folder}/**`)];
  return globSync([...patterns], { cwd: root, exclude, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
