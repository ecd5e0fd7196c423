import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** In the environment of every process of a stack, with the stack's folder as its value. */
export const stackMarker = 'PULSE_STACK';

/**
 * Kills processes of a stack that outlived its supervisor, such as a task whose scheduler was killed.
 * Finds them in /proc; on a machine without /proc it finds none.
 * @returns how many processes were killed.
 */
export async function killOrphans(stack: string): Promise<number> {
  const entries = await readdir('/proc').catch(() => []);
  const pids = entries.filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid);
  let killed = 0;
  for (const pid of pids) {
    const environment = await readFile(join('/proc', pid, 'environ'), 'utf8').catch(() => '');
    if (!environment.split('\0').includes(`${stackMarker}=${stack}`)) continue;
    process.kill(Number(pid), 'SIGKILL');
    killed += 1;
  }
  return killed;
}
