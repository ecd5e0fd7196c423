import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Makes a folder and those above it. @throws the system's own reason, as EROFS, where that can not be. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    // On a read-only file system Node 24 throws ENOENT for several folders at once; for one it throws the real reason.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') mkdirSync(firstMissing(path));
    throw error;
  }
}

/** The highest folder of a path that is not there. */
function firstMissing(path: string): string {
  const parent = dirname(path);
  return existsSync(parent) ? path : firstMissing(parent);
}
