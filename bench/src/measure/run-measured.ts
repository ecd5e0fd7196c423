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
  /** All its variables; it inherits only PATH. */
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
 * Runs a program in a separate process and measures it.
 * @throws Error with its standard error if it fails or takes longer than 15 minutes.
 */
export async function runMeasured(program: MeasuredProgram): Promise<MeasuredRun> {
  const usageFile = join(program.folder, 'usage.json');
  const meter = { NODE_OPTIONS: `--require=${JSON.stringify(preload)}`, BENCH_USAGE_FILE: usageFile };
  const run = await runTimed({ ...program, env: { ...program.env, ...meter } });
  return { ...run, ...usageSchema.parse(JSON.parse(await readFile(usageFile, 'utf8'))) };
}

/** The same without the meter, which costs about 4 ms a run. */
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
    // A program that ignores SIGTERM is killed.
    forceKillAfterDelay: 5_000,
  });
  return { wallMs: performance.now() - startedMs, stdout };
}
