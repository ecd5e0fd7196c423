import { hash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as z from 'zod';

import { failpoint } from '../failures/failpoint.ts';
import { makeFolder } from './make-folder.ts';
import { isIntact, type StagedFile, type FileChecksum } from './staged-file.ts';

/** What a step leaves for the next one: files, and facts about them. */
export interface StagedStep<Facts> {
  readonly folder: string;
  readonly facts: Facts;
  readonly files: Readonly<Record<string, FileChecksum>>;
}

/** A file that a step has left. */
export function stagedFile({ folder, files }: StagedStep<unknown>, name: string): StagedFile {
  const checksum = files[name];
  if (checksum === undefined) throw new Error(`a staged step has no ${name}`);
  return { path: join(folder, name), checksum };
}

/** What a step hands over when its files are written. */
export interface StepOutput<Facts> {
  readonly facts: Facts;
  readonly files: Readonly<Record<string, FileChecksum>>;
}

const manifestName = 'manifest.json';

/**
 * The files of one batch between its steps. A cache, never the truth: each step's folder appears whole by a rename or not
 * at all, and a step that finds none makes it again. Sizes and checksums in its manifest stand in for fsync, which
 * would force to disk what is deleted seconds later: a folder that a power loss cut short does not pass for whole.
 */
export class BatchStaging {
  readonly #folder: string;
  readonly #identity: string;

  /** @param identity - What the files are made from: see `stagingIdentity`. Files of another one do not count. */
  constructor(stagingDir: string, batchId: string, identity: string) {
    this.#folder = join(stagingDir, `${folderPrefix}${batchId}`);
    this.#identity = identity;
  }

  /** What the step has left, or undefined; what does not belong to this batch is removed. */
  find<Facts>(step: StepFolder<Facts>): StagedStep<Facts> | undefined {
    const folder = join(this.#folder, step.name);
    const text = readIfPresent(join(folder, manifestName));
    if (text === undefined) return undefined;
    const output = step.parse(outputOf(text, this.#identity));
    if (output === undefined) {
      this.discard(step);
      return undefined;
    }
    return { folder, ...output };
  }

  /**
   * Runs `write` in a folder of its own and then lets it appear under the step's name; not where `write` returns undefined. Of
   * two attempts at once the first wins, and the other one goes on with what that has left.
   */
  async publish<Facts>(
    step: StepFolder<Facts>,
    write: (folder: string) => StepOutput<Facts> | Promise<StepOutput<Facts>>,
  ): Promise<StagedStep<Facts>>;
  async publish<Facts>(
    step: StepFolder<Facts>,
    write: (folder: string) => Promise<StepOutput<Facts> | undefined>,
  ): Promise<StagedStep<Facts> | undefined>;
  async publish<Facts>(
    step: StepFolder<Facts>,
    write: (folder: string) => StepOutput<Facts> | Promise<StepOutput<Facts> | undefined>,
  ): Promise<StagedStep<Facts> | undefined> {
    // No id is made ahead: a program that starts from a snapshot would share it with others.
    const attempt = join(this.#folder, `.${step.name}-${randomUUID({ disableEntropyCache: true })}`);
    makeFolder(attempt);
    try {
      const output = await write(attempt);
      if (output === undefined) return output;
      writeFileSync(join(attempt, manifestName), manifestText(output, this.#identity));
      const folder = join(this.#folder, step.name);
      failpoint(`before-stage:${step.name}`);
      for (let left = publishTriesMax; !renameUnlessPresent(attempt, folder); left -= 1) {
        const earlier = this.find(step);
        if (earlier !== undefined) return earlier;
        if (left === 0) throw new Error(`${folder} can not be replaced`);
        // Left by an attempt that was killed while it cleaned up.
        this.discard(step);
      }
      failpoint(`after-stage:${step.name}`);
      return { folder, ...output };
    } finally {
      rmSync(attempt, { recursive: true, force: true });
    }
  }

  /** True when a file of these steps is no longer what was written: checked when a step fails for no known reason. */
  isDamaged(steps: readonly StepFolder<unknown>[]): boolean {
    return steps.some((step) => {
      const found = this.find(step);
      if (found === undefined) return false;
      return Object.entries(found.files).some(
        ([name, checksum]) => !isIntact({ path: join(found.folder, name), checksum }),
      );
    });
  }

  /** Forgets one step's files, so that they are made again. */
  discard(step: { readonly name: string }): void {
    rmSync(join(this.#folder, step.name), { recursive: true, force: true });
  }

  /** Removes all files of the batch. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const folderPrefix = 'batch-';
const publishTriesMax = 5;

/** Bytes that are free in the staging area. */
export function freeBytes(stagingDir: string): number {
  makeFolder(stagingDir);
  const { bavail, bsize } = statfsSync(stagingDir);
  return bavail * bsize;
}

/**
 * Removes what batches left that ended without being loaded: folders unchanged since then.
 * @returns the names of the removed folders.
 */
export function sweepStaging(stagingDir: string, unchangedSince: Date): string[] {
  makeFolder(stagingDir);
  const names = readdirSync(stagingDir).filter((name) => name.startsWith(folderPrefix));
  const left = names.filter((name) => {
    const stats = statSync(join(stagingDir, name), { throwIfNoEntry: false });
    return stats !== undefined && stats.mtime < unchangedSince;
  });
  for (const name of left) rmSync(join(stagingDir, name), { recursive: true, force: true });
  return left;
}

/** A step's folder: its name, and how to read back its manifest; undefined for one that another release wrote. */
export interface StepFolder<Facts> {
  readonly name: StagedStepName;
  parse(manifest: unknown): StepOutput<Facts> | undefined;
}

type StagedStepName = 'extract' | 'validate' | 'transform';

const checksumSchema = z.object({ sizeBytes: z.number(), crc32: z.number() });

/** A step's folder whose manifest holds facts of this shape. */
export function stepFolder<Facts>(name: StagedStepName, facts: z.ZodType<Facts>): StepFolder<Facts> {
  const manifest = z.object({ facts, files: z.record(z.string(), checksumSchema) });
  return {
    name,
    parse: (value) => manifest.safeParse(value).data,
  };
}

const manifestSchema = z.object({ checksum: z.string(), output: z.looseObject({}) });

/** A manifest that tells by a hash whether it is whole, and which batch, plan and code it belongs to. */
function manifestText(output: unknown, identity: string): string {
  return JSON.stringify({ checksum: checksumOf(output, identity), output });
}

/** Undefined for a manifest of another identity, and for one that is not what was written. */
function outputOf(text: string, identity: string): unknown {
  try {
    const { checksum, output } = manifestSchema.parse(JSON.parse(text));
    return checksum === checksumOf(output, identity) ? output : undefined;
  } catch {
    return undefined;
  }
}

function checksumOf(output: unknown, identity: string): string {
  return hash('sha256', `${identity}\n${JSON.stringify(output)}`, 'hex');
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function renameUnlessPresent(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (!isErrno(error, 'ENOTEMPTY') && !isErrno(error, 'EEXIST')) throw error;
    return false;
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
