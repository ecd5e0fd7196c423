import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';

import { runProgram, type Command, type Variables } from './run-program.ts';

/** Wraps a command so that it sees the folder as an empty disk of `sizeKib`. */
export type SmallDisk = (command: Command, folder: string, sizeKib: number, env: Variables) => Command;

/** Mounts in a new name space: no other process sees the disk, and it is gone when the process ends. */
const script = 'mount -t tmpfs -o "size=$1k,mode=777" tmpfs "$2" && shift 2 && exec "$@"';

const mounting =
  (prefix: Command): SmallDisk =>
  ([program, ...args], folder, sizeKib) => [
    ...prefix,
    'sh',
    '-c',
    script,
    'sh',
    String(sizeKib),
    folder,
    program,
    ...args,
  ];

/** sudo passes no variables on, so they become arguments of env; the command runs as the user who started the suite. */
const mountingBySudo: SmallDisk = ([program, ...args], folder, sizeKib, env) => {
  const [user, group] = [String(process.getuid?.() ?? 0), String(process.getgid?.() ?? 0)];
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const asUser = ['setpriv', '--reuid', user, '--regid', group, '--clear-groups', 'env', '-i', ...variables];
  return mounting(['sudo', '-n', 'unshare', '--mount'])(
    ['sh', '-c', 'exec "$@"', 'sh', ...asUser, program, ...args],
    folder,
    sizeKib,
    env,
  );
};

/** As root; with user name spaces, which most containers do not allow; with sudo, as on most hosted runners. */
const ways: readonly SmallDisk[] = [
  mounting(['unshare', '--mount']),
  mounting(['unshare', '--map-root-user', '--mount']),
  mountingBySudo,
];

/** The first way that works on this machine. */
export async function findSmallDisk(within: string): Promise<SmallDisk | undefined> {
  const folder = await mkdtemp(join(within, 'disk-'));
  for (const way of ways) {
    const test: Command = ['sh', '-c', `df -k "${folder}" | grep -q ' 64 ' && touch "${folder}/file"`];
    const { exitCode } = await runProgram(way(test, folder, 64, plain), [], plain).catch(() => ({ exitCode: null }));
    if (exitCode === 0) return way;
  }
  return undefined;
}

const plain: Variables = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
