import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

export type Variables = Readonly<Record<string, string>>;

/** How a program ended. */
export interface Ended {
  readonly exitCode: number | null;
  /** The signal that ended it: SIGKILL for one that was killed. */
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Kill {
  /** Sends SIGKILL after this time. */
  readonly killAfterMs?: number;
}

/** Nothing may hang: what takes longer is killed, as Airflow's time-out does. */
const runTimeoutMs = 60_000;

/** A program and its first arguments. */
export type Command = readonly [string, ...string[]];

/** Runs a program with these variables and no others, and returns how it ended. */
export async function runProgram(
  [program, ...first]: Command,
  args: readonly string[],
  variables: Variables,
  { killAfterMs = runTimeoutMs }: Kill = {},
): Promise<Ended> {
  const child = spawn(program, [...first, ...args], {
    env: { ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => void (output[name] += text));
  }
  const stop = new AbortController();
  void delay(killAfterMs, undefined, { signal: stop.signal })
    .then(() => child.kill('SIGKILL'))
    .catch(() => undefined);
  await once(child, 'close');
  stop.abort();
  return { exitCode: child.exitCode, signal: child.signalCode, ...output };
}
