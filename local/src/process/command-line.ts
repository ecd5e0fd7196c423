import { readFile } from 'node:fs/promises';

import { execa } from 'execa';

/**
 * A process's program and arguments, separated by blanks; empty if there is no such process. On Linux this needs no `ps`,
 * which small installations lack.
 */
export async function commandLineOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  if (text !== undefined) return text.replaceAll('\0', ' ').trimEnd();
  const { stdout } = await execa('/bin/ps', ['-o', 'args=', '-p', String(pid)], { reject: false });
  return stdout ?? '';
}
