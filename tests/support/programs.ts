import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { execa } from 'execa';
import { inject } from 'vitest';
import * as z from 'zod';

const root = join(import.meta.dirname, '../..');

const programs = { etl: 'etl', producer: 'producer', migrate: 'migrations' } as const;
type Program = keyof typeof programs;

/** The three programs as their images have them. */
export interface Bundles extends AsyncDisposable {
  readonly folder: string;
}

/** Bundles the programs as they stand in the working copy, into a throw-away folder. */
export async function bundlePrograms(): Promise<Bundles> {
  await using making = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'pulse-programs-'));
  making.defer(() => rm(folder, { recursive: true, force: true }));
  await Promise.all([
    bundle('etl', join(folder, 'etl.cjs')).then((file) =>
      execa(process.execPath, ['build/snapshot.ts', file], { cwd: root }),
    ),
    bundle('producer', join(folder, 'producer.mjs')),
    bundle('migrate', join(folder, 'migrate.mjs')),
  ]);
  await cp(join(root, 'migrations/sql'), join(folder, 'sql'), { recursive: true });
  const made = making.move();
  return { folder, [Symbol.asyncDispose]: () => made.disposeAsync() };
}

async function bundle(program: Program, file: string): Promise<string> {
  await execa(process.execPath, ['build/bundle.ts', join(programs[program], 'src/main.ts'), file], { cwd: root });
  return file;
}

export type Environment = Readonly<Record<string, string>>;

export interface RunOptions {
  /** All the variables that the program gets. */
  readonly env: Environment;
  /** Kills the program with SIGKILL after so many milliseconds, if it still runs. */
  readonly killAfterMs?: number;
}

/** How a program ended and what it said. */
export interface Finished {
  /** Undefined where a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const logLine = z.looseObject({ msg: z.string() });
export type LogLine = z.output<typeof logLine>;

export interface FinishedEtl extends Finished {
  readonly logs: readonly LogLine[];
}

const runTimeoutMs = 60_000;

async function run(program: Program, args: readonly string[], options: RunOptions): Promise<Finished> {
  const [command, ...first] = commandOf(program);
  const { exitCode, stdout, stderr, timedOut } = await execa(command, [...first, ...args], {
    env: options.env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: options.killAfterMs ?? runTimeoutMs,
    killSignal: 'SIGKILL',
  });
  if (timedOut && options.killAfterMs === undefined) {
    throw new Error(`${program} ${args.join(' ')} took more than ${runTimeoutMs} ms:\n${stderr}`);
  }
  return { exitCode, stdout, stderr };
}

function commandOf(program: Program): [string, ...string[]] {
  const folder = inject('programs');
  return program === 'etl' ? [join(folder, 'etl')] : [process.execPath, join(folder, `${program}.mjs`)];
}

/** Runs the `etl` command and reads its log. */
export async function runEtl(args: readonly string[], options: RunOptions): Promise<FinishedEtl> {
  const finished = await run('etl', args, options);
  const lines = finished.stderr.split('\n').filter((line) => line.startsWith('{'));
  // A killed program may leave its last line unfinished.
  const logs = lines.filter((line) => line.endsWith('}')).map((line) => logLine.parse(JSON.parse(line)));
  return { ...finished, logs };
}

/** An `etl` command under way. */
export interface RunningEtl {
  /** Ends it with SIGKILL and waits for its end. */
  kill(): Promise<void>;
  readonly finished: Promise<Finished>;
  /** What it has printed so far. */
  output(): string;
}

/** Starts the `etl` command without waiting for it. It ends with its test at the latest. */
export function startEtl(args: readonly string[], { env }: Pick<RunOptions, 'env'>): RunningEtl {
  const child = execa(join(inject('programs'), 'etl'), args, {
    env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: runTimeoutMs,
    killSignal: 'SIGKILL',
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const finished = child.then(({ exitCode, stdout, stderr }) => ({ exitCode, stdout, stderr }));
  return {
    kill: async () => {
      child.kill('SIGKILL');
      await finished;
    },
    finished,
    output: () => printed,
  };
}

/** Runs the producer until it exits. */
export async function runProducer(args: readonly string[], options: RunOptions): Promise<Finished> {
  return run('producer', args, options);
}

/** Runs the migrator. */
export async function runMigrate(args: readonly string[], options: RunOptions): Promise<Finished> {
  return run('migrate', args, options);
}

const count = z.number().nullable();

/** What `etl … --json` prints last. */
const summary = z.object({
  batch_id: z.string(),
  step: z.string(),
  state: z.enum(['planned', 'loaded', 'superseded']),
  planned: z.number(),
  read: count,
  loaded: count,
  duplicates: count,
  rejected: count,
  flagged: count,
  duration_ms: z.number(),
});
export type Summary = z.output<typeof summary>;

/** The summaries that `etl … --json` has printed: one line each and nothing else. */
export function summariesOf({ stdout }: Finished): readonly Summary[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => summary.parse(JSON.parse(line)));
}
