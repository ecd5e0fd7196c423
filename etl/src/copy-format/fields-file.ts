import { CopyFields } from './copy-binary.ts';
import { StagedFileWriter, type FileChecksum } from '../staging/staged-file.ts';

const flushBytes = 64 * 1024;

/** A staged file of fields: they come together in memory, and are written now and then. */
export class FieldsFile implements Disposable {
  readonly #file: StagedFileWriter;
  readonly #fields = new CopyFields();

  constructor(path: string) {
    // What is gathered here needs no second buffer.
    this.#file = new StagedFileWriter(path, 0);
  }

  /** Where the next record goes; the one before is complete. */
  next(): CopyFields {
    if (this.#fields.length >= flushBytes) this.#flush();
    return this.#fields;
  }

  finish(): FileChecksum {
    this.#flush();
    return this.#file.finish();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }

  #flush(): void {
    this.#file.writeBytes(this.#fields.bytes);
    this.#fields.clear();
  }
}
