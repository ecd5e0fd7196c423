import { readFile } from 'node:fs/promises';

import { execa } from 'execa';
import { expect, test, vi } from 'vitest';

const service = new URL('service.ts', import.meta.url).pathname;
const parent = `
import { Service } from ${JSON.stringify(service)};
const command = { name: 'sleep', command: 'sleep', args: ['60'], folder: '/', logFile: '/dev/null', lastSignal: 'SIGKILL' };
const sleep = await Service.start(command);
console.log(sleep.pid);
`;

test.each([
  ['is killed', "process.kill(process.pid, 'SIGKILL');"],
  ['forgets to stop it', ''],
  ['crashes', "throw new Error('crash');"],
])('a server ends when its parent %s', async (_, ending) => {
  const { stdout } = await execa('node', ['--input-type=module-typescript', '--eval', parent + ending], {
    reject: false,
  });

  const pid = Number(stdout);

  expect(pid).toBeGreaterThan(0);
  await vi.waitFor(async () => expect(await isAlive(pid)).toBe(false), { timeout: 5_000, interval: 50 });
});

/** A zombie process (state Z) is dead. */
async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => undefined);
  if (status !== undefined) return !/^State:\s*Z/m.test(status);
  const { stdout } = await execa('/bin/ps', ['-o', 'stat=', '-p', String(pid)], { reject: false });
  return stdout !== '' && !stdout.startsWith('Z');
}
