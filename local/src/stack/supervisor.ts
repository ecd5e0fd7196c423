import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { execa } from 'execa';

import type { StackFolders } from '../setup/paths.ts';
import { commandLineOf } from '../process/command-line.ts';
import { pythonProgram } from '../setup/python.ts';
import type { Environment } from '../setup/settings.ts';
import { shellWord } from '../setup/shell-word.ts';
import { stackMarker } from './orphans.ts';

/** A program that Supervisor keeps running. */
export interface Program {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment: Environment;
  readonly folder: string;
  /** The account it runs as, if it is not the caller's. */
  readonly user?: string | undefined;
  readonly stopSignal: 'TERM' | 'INT';
  /** Killed if it has not ended after these seconds. */
  readonly stopSeconds: number;
}

/** The state of each program by name, such as RUNNING, STOPPED or BACKOFF. */
export type ProgramStates = ReadonlyMap<string, string>;

/** The supervisor of one stack: supervisord with a generated configuration, controlled over a unix socket. */
export class Supervisor {
  readonly #folders: StackFolders;
  readonly #configFile: string;
  readonly #pidFile: string;

  constructor(folders: StackFolders) {
    this.#folders = folders;
    this.#configFile = join(folders.run, 'supervisord.conf');
    this.#pidFile = join(folders.run, 'supervisord.pid');
  }

  /**
   * Starts supervisord unless it runs. Stops changed programs; does not touch unchanged ones. List programs after those that
   * they need: they are stopped in the reverse order.
   */
  async apply(programs: readonly Program[], environment: Environment): Promise<void> {
    const launched = await Promise.all(programs.map((program) => this.#writeLauncher(program)));
    await writeFile(this.#configFile, this.#render(launched), { mode: 0o600 });
    if (await this.isRunning()) {
      await this.#control('update');
      return;
    }
    await execa(pythonProgram('venv', 'supervisord'), ['--configuration', this.#configFile], {
      // Airflow's processes rename themselves. With SPT_NOENV they do not overwrite their environment, which has the marker.
      env: { ...environment, [stackMarker]: this.#folders.stack, SPT_NOENV: '1' },
      extendEnv: false,
      cwd: '/',
      timeout: 30_000,
    });
  }

  async isRunning(): Promise<boolean> {
    return (await this.#pid()) !== undefined;
  }

  /** Starts programs that do not run; returns once each has been started. */
  async start(...names: readonly string[]): Promise<void> {
    const states = await this.states();
    const missing = names.filter((name) => states.get(name) !== 'RUNNING');
    if (missing.length > 0) await this.#control('start', ...missing);
  }

  /** Stops programs and waits until they have ended. */
  async stop(...names: readonly string[]): Promise<void> {
    await this.#control('stop', ...names);
  }

  async restart(...names: readonly string[]): Promise<void> {
    await this.#control('restart', ...names);
  }

  /** @throws Error when supervisord does not answer. */
  async states(): Promise<ProgramStates> {
    const { stdout } = await this.#control('status');
    const fields = stdout.split('\n').map((line) => line.trim().split(/\s+/));
    return new Map(fields.map(([name = '', state = '']) => [name, state]));
  }

  /** The process of each program that runs. @throws Error when supervisord does not answer. */
  async processIds(): Promise<ReadonlyMap<string, number>> {
    const { stdout } = await this.#control('status');
    const running = [...stdout.matchAll(/^(\S+)\s+RUNNING\s+pid (\d+),/gm)];
    return new Map(running.map(([, name = '', pid]) => [name, Number(pid)]));
  }

  /** Stops every program and supervisord itself, and waits until it has gone. */
  async shutdown(timeoutMs = 90_000): Promise<void> {
    const pid = await this.#pid();
    if (pid === undefined) return;
    process.kill(pid, 'SIGTERM');
    const deadline = Date.now() + timeoutMs;
    while (isAlive(pid)) {
      if (Date.now() > deadline) throw new Error(`supervisord (process ${pid}) is still there after ${timeoutMs} ms`);
      await delay(100);
    }
  }

  /**
   * A program with an environment starts from a script that only its owner can read, because quotes can not be escaped in
   * Supervisor's own `environment`. The script's hash makes Supervisor notice a change.
   */
  async #writeLauncher(program: Program): Promise<Program> {
    const variables = Object.entries(program.environment);
    if (variables.length === 0) return program;
    const exports = variables.map(([name, value]) => `export ${name}=${shellWord(value)}\n`);
    const script = `#!/bin/sh\n${exports.join('')}exec ${program.command.map(shellWord).join(' ')}\n`;
    const file = join(this.#folders.run, `${program.name}.sh`);
    await writeFile(file, script, { mode: 0o700 });
    const version = createHash('sha256').update(script).digest('hex').slice(0, 12);
    return { ...program, command: [file], environment: { PULSE_LAUNCHER: version } };
  }

  #control(...args: readonly string[]) {
    const supervisorctl = pythonProgram('venv', 'supervisorctl');
    // `status` ends with 3 if some program does not run.
    return execa(supervisorctl, ['-c', this.#configFile, ...args], { reject: args[0] !== 'status', timeout: 60_000 });
  }

  /** supervisord's process id; undefined if the pid file is left over from an earlier one. */
  async #pid(): Promise<number | undefined> {
    const pid = Number(await readFile(this.#pidFile, 'utf8').catch(() => ''));
    if (!(pid > 0) || !isAlive(pid)) return undefined;
    return (await commandLineOf(pid)).includes(this.#configFile) ? pid : undefined;
  }

  #render(programs: readonly Program[]): string {
    const { logs, socket } = this.#folders;
    const sections = [
      section('unix_http_server', { file: socket, chmod: '0700' }),
      section('supervisord', {
        logfile: join(logs, 'supervisord.log'),
        pidfile: this.#pidFile,
        childlogdir: logs,
        ...(process.getuid?.() === 0 ? { user: 'root' } : {}),
      }),
      section('rpcinterface:supervisor', {
        'supervisor.rpcinterface_factory': 'supervisor.rpcinterface:make_main_rpcinterface',
      }),
      section('supervisorctl', { serverurl: `unix://${socket}` }),
      ...programs.map((program, index) => renderProgram(program, index, logs)),
    ];
    return `; Generated by local/src/stack/supervisor.ts; make dev-up overwrites it.\n${sections.join('\n')}`;
  }
}

/** Supervisor stops the highest priority first and waits for it: the reverse of the given order. */
function renderProgram(program: Program, index: number, logs: string): string {
  const environment = Object.entries(program.environment).map(([name, value]) => `${name}=${quote(value)}`);
  return section(`program:${program.name}`, {
    command: program.command.map(quote).join(' '),
    directory: program.folder,
    environment: environment.join(','),
    ...(program.user === undefined ? {} : { user: program.user }),
    priority: String(index + 1),
    autostart: 'false',
    autorestart: 'true',
    startsecs: '1',
    startretries: '5',
    stopsignal: program.stopSignal,
    stopwaitsecs: String(program.stopSeconds),
    killasgroup: 'true',
    redirect_stderr: 'true',
    stdout_logfile: join(logs, `${program.name}.log`),
    stdout_logfile_maxbytes: '10MB',
    stdout_logfile_backups: '2',
  });
}

function section(name: string, options: Readonly<Record<string, string>>): string {
  const lines = Object.entries(options).map(([option, value]) => `${option} = ${value}\n`);
  return `[${name}]\n${lines.join('')}`;
}

/** Quotes one word for Supervisor and escapes %, its sign for variables. */
function quote(word: string): string {
  return `"${word.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll('%', '%%')}"`;
}

/** A zombie counts as alive; supervisord is not one for long, as init collects it. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
