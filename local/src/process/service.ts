import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { guardProcess, type Guard } from './guard.ts';

/** The user that a server runs as if the parent is root and the server must not be. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface ServiceCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Working folder; the server must be able to read it. */
  readonly folder: string;
  /** Its output and errors are appended to this file. */
  readonly logFile: string;
  readonly account?: Account | undefined;
  /** The signal that ends the server when this process dies: at once and without damage. */
  readonly lastSignal: NodeJS.Signals;
  /** A temporary folder that is removed when this process dies. */
  readonly removeFolder?: string | undefined;
}

/** A server in its own process group that never outlives this process. */
export class Service {
  readonly name: string;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #guard: Guard;
  readonly #logFile: string;
  readonly #exited: Promise<unknown>;

  private constructor(child: ChildProcess, pid: number, command: ServiceCommand) {
    this.name = command.name;
    this.pid = pid;
    this.#child = child;
    this.#logFile = command.logFile;
    this.#guard = guardProcess({ pid, signal: command.lastSignal, removeFolder: command.removeFolder });
    this.#exited = once(child, 'exit').then(() => this.#guard.release());
    // A server that nobody stops does not keep this process alive: the process exits, and the guard ends the server.
    child.unref();
  }

  /** @throws Error when the program can not be started at all. */
  static async start(command: ServiceCommand): Promise<Service> {
    const log = openSync(command.logFile, 'a');
    try {
      const child = spawn(command.command, [...command.args], {
        cwd: command.folder,
        env: { ...inheritedEnvironment(), ...command.environment },
        stdio: ['ignore', log, log],
        detached: true,
        ...command.account,
      });
      await once(child, 'spawn');
      if (child.pid === undefined) throw new Error(`${command.name} has no process id`);
      return new Service(child, child.pid, command);
    } finally {
      closeSync(log);
    }
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Sends a signal and, if it is one that ends the server, waits until it has ended. */
  async kill(signal: NodeJS.Signals, timeoutMs = 30_000): Promise<void> {
    if (!this.running) return;
    this.#child.kill(signal);
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return;
    await this.#waitForExit(signal, timeoutMs);
  }

  /**
   * Waits until `probe` succeeds.
   * @throws Error with the end of the server's log when it exits first or is not ready in time.
   */
  async waitUntilReady(probe: () => Promise<unknown>, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      try {
        return void (await probe());
      } catch (cause) {
        if (!this.running) throw await this.#failure('ended while it started', cause);
        if (Date.now() > deadline) throw await this.#failure(`is not ready after ${timeoutMs} ms`, cause);
      }
      await delay(probeIntervalMs);
    }
  }

  async #waitForExit(signal: NodeJS.Signals, timeoutMs: number): Promise<void> {
    this.#child.ref();
    const timer = new AbortController();
    const late = delay(timeoutMs, 'late', { signal: timer.signal }).catch(() => 'cancelled');
    const first = await Promise.race([this.#exited, late]);
    timer.abort();
    if (first !== 'late') return;
    this.#child.kill('SIGKILL');
    await this.#exited;
    throw await this.#failure(`did not end within ${timeoutMs} ms of ${signal} and was killed`);
  }

  async #failure(what: string, cause?: unknown): Promise<Error> {
    return new Error(`${this.name} ${what}. The end of ${this.#logFile}:\n${await tailOf(this.#logFile)}`, { cause });
  }
}

const probeIntervalMs = 50;

/** The last lines of a log, each indented; for a file that can not be read, a line with the reason. */
export async function tailOf(file: string, lines = 20): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => `(can not be read: ${String(error)})`);
  return text
    .trimEnd()
    .split('\n')
    .slice(-lines)
    .map((line) => `  ${line}`)
    .join('\n');
}

/** A server gets the path, home, time zone and Java, and none of the parent's settings. */
function inheritedEnvironment(): Record<string, string> {
  // oxlint-disable-next-line node/no-process-env -- a child's environment, not this program's config
  const { PATH = '', HOME = '/', TZ = 'UTC', JAVA_HOME } = process.env;
  return { PATH, HOME, TZ, ...(JAVA_HOME === undefined ? {} : { JAVA_HOME }) };
}
