import type { CopyFields } from './copy-binary.ts';
import { FieldsFile } from './fields-file.ts';
import type { FileChecksum } from '../staging/staged-file.ts';

/** A file of rows in COPY's binary format, without its header and trailer: files of rows can be put together. */
export class CopyFileWriter implements Disposable {
  readonly #file: FieldsFile;
  readonly #fieldCount: number;

  constructor(path: string, columns: readonly unknown[]) {
    this.#file = new FieldsFile(path);
    this.#fieldCount = columns.length;
  }

  /** Begins a row, to which all its fields are added next. */
  beginRow(): CopyFields {
    const fields = this.#file.next();
    fields.row(this.#fieldCount);
    return fields;
  }

  finish(): FileChecksum {
    return this.#file.finish();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}
