import { join } from 'node:path';

import { CustomerPartitions } from './customer-partitions.ts';
import { hashOfCustomer } from '../../batch/chunks.ts';
import type { StagedFileSeal } from '../../staging/staged-file.ts';
import { stagedFile, type StagedStep } from '../../staging/staging.ts';
import { validFile, type ValidateFacts } from '../../batch/step-folders.ts';
import {
  placeAfter,
  readValidAt,
  ValidFileWriter,
  type CheckedSale,
  type Coordinates,
  type ValidFile,
  type ValidTransaction,
} from './valid-transaction.ts';

/** Writes the files of a batch's valid transactions, one a share. */
export class ValidFilesWriter implements Disposable {
  readonly #files: ValidFileWriter[] = [];
  readonly #partitions = new CustomerPartitions();
  readonly #scattered = new Set<number>();

  constructor(folder: string, shareCount: number) {
    try {
      for (let share = 0; share < shareCount; share += 1) {
        this.#files.push(new ValidFileWriter(join(folder, validFile(share))));
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Writes a sale to the file of its customer's share; the parameters are those of `ValidFileWriter`. */
  write(sale: CheckedSale, contentDigest: string, marketNumber: number, coordinates: Coordinates): void {
    const hash = hashOfCustomer(sale.customerId);
    const share = hash % this.#files.length;
    const file = this.#files[share];
    if (file === undefined) throw new RangeError(`there is no share ${share}`);
    file.write(sale, contentDigest, marketNumber, coordinates);
    if (this.#scattered.has(share)) return;
    if (this.#partitions.isScattered(hash, coordinates.partition)) this.#scattered.add(share);
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

/** The files of a batch's valid transactions, share by share. */
export function validFilesOf(validated: StagedStep<ValidateFacts>): ValidFile[] {
  let firstPlace = 0;
  return Array.from({ length: validated.facts.shareCount }, (_, share) => {
    const file = { ...stagedFile(validated, validFile(share)), firstPlace };
    firstPlace = placeAfter(file);
    return file;
  });
}

/** The transaction that begins at a place of these files. @throws RangeError where no file begins at or before it. */
export function validAt(files: readonly ValidFile[], place: number): ValidTransaction {
  const file = files.findLast(({ firstPlace }) => firstPlace <= place);
  if (file === undefined) throw new RangeError(`no transaction is at place ${place}`);
  return readValidAt(file, place);
}
