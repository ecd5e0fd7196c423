import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';

import { execa } from 'execa';
import * as z from 'zod';

export type Environment = Readonly<Record<string, string>>;

export interface MeasuredProgram {
  /** A command that runs Node. */
  readonly file: string;
  readonly args: readonly string[];
  /** All its variables; of this process it gets none but PATH. */
  readonly env: Environment;
  /** Ends the program. */
  readonly signal: AbortSignal;
  /** An existing folder for the measurement. */
  readonly folder: string;
}

/** What one run of a program took, from spawn to exit. */
export interface Usage {
  readonly wallMs: number;
  /** User and system time of the process itself. */
  readonly cpuMs: number;
  /** High-water mark of its resident memory. */
  readonly peakBytes: number;
}

type TimedRun = Pick<Usage, 'wallMs'> & { readonly stdout: string };
export type MeasuredRun = Usage & TimedRun;

const timeoutMs = 900_000;
const preload = join(import.meta.dirname, 'report-usage.cjs');
const usageSchema = z.object({ cpuMs: z.number(), peakBytes: z.number() });

/**
 * Runs a program as a process of its own and measures it.
 * @throws Error with what it wrote to standard error, when it fails or takes longer than 15 minutes.
 */
export async function runMeasured(program: MeasuredProgram): Promise<MeasuredRun> {
  const usageFile = join(program.folder, 'usage.json');
  const meter = { NODE_OPTIONS: `--require=${JSON.stringify(preload)}`, BENCH_USAGE_FILE: usageFile };
  const run = await runTimed({ ...program, env: { ...program.env, ...meter } });
  return { ...run, ...usageSchema.parse(JSON.parse(await readFile(usageFile, 'utf8'))) };
}

/** The same without the meter, which takes some 4 ms of each run. */
export async function runTimed(program: MeasuredProgram): Promise<TimedRun> {
  const { file, args, env: given, signal, folder } = program;
  const startedMs = performance.now();
  const { stdout } = await execa(file, args, {
    env: { PATH: env['PATH'] ?? '', ...given },
    extendEnv: false,
    stdin: 'ignore',
    cwd: folder,
    timeout: timeoutMs,
    cancelSignal: signal,
    // A program that does not end on SIGTERM is killed soon after.
    forceKillAfterDelay: 5_000,
  });
  return { wallMs: performance.now() - startedMs, stdout };
}
