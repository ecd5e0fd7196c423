import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';

const turnScript = join(import.meta.dirname, '../../turn.sh');
const waits = /another make is running in this checkout \(process \d+\): waiting until it ends/;
let checkout = '';

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'turn-'));
  await mkdir(join(checkout, 'local'));
  const work = 'echo "$1 begins" >>log; sleep 0.5; echo "$1 ends" >>log';
  await writeFile(join(checkout, 'local/run.sh'), `#!/bin/sh\n. ${turnScript}\nwait_for_turn\n${work}\n`);
  await chmod(join(checkout, 'local/run.sh'), 0o755);
});
afterEach(() => rm(checkout, { recursive: true }));

async function run(name: string) {
  return execa('sh', ['local/run.sh', name], { cwd: checkout, timeout: 60_000 });
}

async function log(): Promise<string[]> {
  return spawnSync('cat', ['log'], { cwd: checkout, encoding: 'utf8' }).stdout.trim().split('\n');
}

test('of several makes at once one works at a time, and the others report that they wait', async () => {
  const names = ['a', 'b', 'c', 'd'];
  const ended = await Promise.all(names.map(run));
  const lines = await log();
  expect(lines).toHaveLength(8);
  for (let line = 0; line < lines.length; line += 2) {
    expect(lines[line + 1]).toBe(lines[line]?.replace('begins', 'ends'));
  }
  expect(ended.filter(({ stderr }) => waits.test(stderr))).toHaveLength(names.length - 1);
});

test('a make that was killed blocks nobody, even if another program has its process id now', async () => {
  await mkdir(join(checkout, '.local'));
  const dead = spawnSync('true').pid;
  for (const holder of [dead, process.pid]) {
    await symlink(String(holder), join(checkout, '.local/turn'));
    expect((await run('a')).stderr).toBe('');
    await rm(join(checkout, '.local/turn'));
  }
});

test('a checkout that can not be written to is refused with a message', async () => {
  await writeFile(join(checkout, '.local'), '');
  await chmod(join(checkout, '.local'), 0o444);
  const { exitCode, stderr } = await execa('sh', ['local/run.sh', 'a'], {
    cwd: checkout,
    reject: false,
    timeout: 60_000,
  });
  expect([exitCode, stderr]).toEqual([expect.toBeOneOf([64, 75]), expect.stringMatching(/\.local.* can not be/)]);
});
