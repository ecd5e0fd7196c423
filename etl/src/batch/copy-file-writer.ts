import { CopyFields, copyHeader, copyTrailer } from './copy-binary.ts';
import { StagedFileWriter, type StagedFileSeal } from './staged-file.ts';

const flushBytes = 64 * 1024;

/** A file of rows in COPY's binary format. */
export class CopyFileWriter implements Disposable {
  readonly #fields = new CopyFields();
  readonly #file: StagedFileWriter;
  readonly #fieldCount: number;
  #isEmpty = true;

  constructor(path: string, columns: readonly string[]) {
    this.#file = new StagedFileWriter(path);
    this.#fieldCount = columns.length;
  }

  /** Begins a row, to which all its fields are added next. */
  beginRow(): CopyFields {
    if (this.#isEmpty) this.#fields.append(copyHeader);
    else if (this.#fields.length >= flushBytes) this.#flush();
    this.#isEmpty = false;
    this.#fields.row(this.#fieldCount);
    return this.#fields;
  }

  /** Ends the file; one without rows stays empty. */
  seal(): StagedFileSeal {
    if (!this.#isEmpty) this.#fields.append(copyTrailer);
    this.#flush();
    return this.#file.seal();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }

  #flush(): void {
    this.#file.writeBytes(this.#fields.bytes);
    this.#fields.clear();
  }
}
