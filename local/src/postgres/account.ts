import { execa } from 'execa';

import type { Account } from '../process/service.ts';

export interface ServerAccount extends Account {
  readonly name: string;
}

/**
 * The account that runs PostgreSQL, which refuses to run as root: undefined (the caller's own) for a normal user; for
 * root, `postgres` if the machine has that account, else `nobody`.
 */
export async function serverAccount(): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  return (await lookUp('postgres')) ?? (await lookUp('nobody'));
}

async function lookUp(name: string): Promise<ServerAccount | undefined> {
  const uid = await execa('id', ['-u', name], { reject: false });
  const gid = await execa('id', ['-g', name], { reject: false });
  if (uid.exitCode !== 0 || gid.exitCode !== 0) return undefined;
  return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
}
