import { readFile } from 'node:fs/promises';

import { execa } from 'execa';

/**
 * A process's program and arguments, with blanks between; empty where there is no such process. Linux tells without `ps`, which
 * small installations lack.
 */
export async function commandLineOf(pid: number): Promise<string> {
  const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  if (words !== undefined) return words.replaceAll('\0', ' ').trimEnd();
  const { stdout } = await execa('/bin/ps', ['-o', 'args=', '-p', String(pid)], { reject: false });
  return stdout ?? '';
}
