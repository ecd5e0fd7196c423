import { join } from 'node:path';

import { CustomerPartitions } from './customer-partitions.ts';
import { hashOfCustomer } from '../batch/chunks.ts';
import type { FileChecksum } from '../staging/staged-file.ts';
import { stagedFile, type StagedStep } from '../staging/staging.ts';
import { validFile, type ValidateFacts } from '../batch/step-folders.ts';
import type { Staged, StagedColumn } from './staged-columns.ts';
import {
  positionAfter,
  readValidAt,
  ValidFileWriter,
  type RecordLayout,
  type TimedAmount,
  type ValidFile,
  type ValidRecord,
} from './valid-record.ts';

/** What a record is staged by. */
interface OfCustomer extends TimedAmount {
  readonly customerId: string;
}

/** Writes the files of a batch's valid records, one a chunk. */
export class ValidFilesWriter<Values extends OfCustomer> implements Disposable {
  readonly #files: ValidFileWriter<Values>[] = [];
  readonly #partitions = new CustomerPartitions();
  readonly #scattered = new Set<number>();

  constructor(folder: string, chunkCount: number, columns: readonly StagedColumn<Values>[]) {
    try {
      for (let chunk = 0; chunk < chunkCount; chunk += 1) {
        this.#files.push(new ValidFileWriter(join(folder, validFile(chunk)), columns));
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Writes a record to the file of its customer's chunk; the parameters are those of `ValidFileWriter`. */
  write(staged: Staged<Values>, marketNumber: number): void {
    const hash = hashOfCustomer(staged.record.customerId);
    const chunk = hash % this.#files.length;
    const file = this.#files[chunk];
    if (file === undefined) throw new RangeError(`there is no chunk ${chunk}`);
    file.write(staged, marketNumber);
    if (this.#scattered.has(chunk)) return;
    if (this.#partitions.isScattered(hash, staged.coordinates.partition)) this.#scattered.add(chunk);
  }

  /** Chunks in which a customer may have records of several partitions. */
  scatteredChunks(): number[] {
    return [...this.#scattered].toSorted((a, b) => a - b);
  }

  /** The files' checksums by name. */
  finish(): Record<string, FileChecksum> {
    return Object.fromEntries(this.#files.map((file, chunk) => [validFile(chunk), file.finish()]));
  }

  [Symbol.dispose](): void {
    for (const file of this.#files) file[Symbol.dispose]();
  }
}

/** The files of a batch's valid records, chunk by chunk. */
export function validFilesOf(validated: StagedStep<ValidateFacts>, layout: RecordLayout): ValidFile[] {
  let firstPosition = 0;
  return Array.from({ length: validated.facts.chunkCount }, (_, chunk) => {
    const file = { ...stagedFile(validated, validFile(chunk)), layout, firstPosition };
    firstPosition = positionAfter(file);
    return file;
  });
}

/** The record that begins at a position of these files. @throws RangeError where no file begins at or before it. */
export function validAt(files: readonly ValidFile[], position: number): ValidRecord {
  const file = files.findLast(({ firstPosition }) => firstPosition <= position);
  if (file === undefined) throw new RangeError(`no staged record is at position ${position}`);
  return readValidAt(file, position);
}
