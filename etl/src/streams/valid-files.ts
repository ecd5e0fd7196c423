import { join } from 'node:path';

import { CustomerPartitions } from './customer-partitions.ts';
import { hashOfCustomer } from '../batch/chunks.ts';
import type { StagedFileSeal } from '../staging/staged-file.ts';
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

/** Writes the files of a batch's valid records, one a share. */
export class ValidFilesWriter<Values extends OfCustomer> implements Disposable {
  readonly #files: ValidFileWriter<Values>[] = [];
  readonly #partitions = new CustomerPartitions();
  readonly #scattered = new Set<number>();

  constructor(folder: string, shareCount: number, columns: readonly StagedColumn<Values>[]) {
    try {
      for (let share = 0; share < shareCount; share += 1) {
        this.#files.push(new ValidFileWriter(join(folder, validFile(share)), columns));
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Writes a record to the file of its customer's share; the parameters are those of `ValidFileWriter`. */
  write(staged: Staged<Values>, marketNumber: number): void {
    const hash = hashOfCustomer(staged.record.customerId);
    const share = hash % this.#files.length;
    const file = this.#files[share];
    if (file === undefined) throw new RangeError(`there is no share ${share}`);
    file.write(staged, marketNumber);
    if (this.#scattered.has(share)) return;
    if (this.#partitions.isScattered(hash, staged.coordinates.partition)) this.#scattered.add(share);
  }

  /** Shares in which a customer may have records of several partitions. */
  scatteredShares(): number[] {
    return [...this.#scattered].toSorted((a, b) => a - b);
  }

  /** The files' seals by name. */
  seal(): Record<string, StagedFileSeal> {
    return Object.fromEntries(this.#files.map((file, share) => [validFile(share), file.seal()]));
  }

  [Symbol.dispose](): void {
    for (const file of this.#files) file[Symbol.dispose]();
  }
}

/** The files of a batch's valid records, share by share. */
export function validFilesOf(validated: StagedStep<ValidateFacts>, layout: RecordLayout): ValidFile[] {
  let firstPosition = 0;
  return Array.from({ length: validated.facts.shareCount }, (_, share) => {
    const file = { ...stagedFile(validated, validFile(share)), layout, firstPosition };
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
