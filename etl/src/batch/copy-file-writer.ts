import { copyHeader, copyTrailer, type CopyFields } from './copy-binary.ts';
import { FieldsFile } from './fields-file.ts';
import type { StagedFileSeal } from './staged-file.ts';

/** A file of rows in COPY's binary format. */
export class CopyFileWriter implements Disposable {
  readonly #file: FieldsFile;
  readonly #fieldCount: number;
  #isEmpty = true;

  constructor(path: string, columns: readonly string[]) {
    this.#file = new FieldsFile(path);
    this.#fieldCount = columns.length;
  }

  /** Begins a row, to which all its fields are added next. */
  beginRow(): CopyFields {
    const fields = this.#file.next();
    if (this.#isEmpty) fields.append(copyHeader);
    this.#isEmpty = false;
    fields.row(this.#fieldCount);
    return fields;
  }

  /** Ends the file; one without rows stays empty. */
  seal(): StagedFileSeal {
    if (!this.#isEmpty) this.#file.next().append(copyTrailer);
    return this.#file.seal();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}
