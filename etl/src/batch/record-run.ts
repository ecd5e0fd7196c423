import { FileWindow, StagedFileDamagedError, type RecordSize, type StagedFileSeal } from './staged-file.ts';

/** Small, for many files may be read at once. */
const pieceBytes = 64 * 1024;

export interface SealedFile {
  readonly path: string;
  readonly seal: StagedFileSeal;
}

/** A sealed file of records, read from front to end, with one of them in front: it is good until the next one is. */
export class RecordRun implements Disposable {
  readonly #file: SealedFile;
  readonly #sizeAt: RecordSize;
  readonly #window: FileWindow;
  /** The record in front lies in `bytes` from `at` to `end`. */
  at = 0;
  end = 0;

  constructor(file: SealedFile, sizeAt: RecordSize) {
    this.#file = file;
    this.#sizeAt = sizeAt;
    this.#window = new FileWindow(file.path, file.seal, pieceBytes);
  }

  get bytes(): Buffer {
    return this.#window.bytes;
  }

  /** Where the record in front begins in its file. */
  get position(): number {
    return this.#window.position + this.at;
  }

  /** Goes on to the next record; false at the end. @throws StagedFileDamagedError for a file that is not the sealed one. */
  next(): boolean {
    this.at = this.end;
    for (;;) {
      const { bytes } = this.#window;
      const size = this.#sizeAt(bytes, this.at);
      if (size !== undefined && this.at + size <= bytes.length) {
        this.end = this.at + size;
        return true;
      }
      if (!this.#readOn(size ?? 0)) return false;
    }
  }

  [Symbol.dispose](): void {
    this.#window[Symbol.dispose]();
  }

  #readOn(size: number): boolean {
    const { path, seal } = this.#file;
    // Without this a damaged size would gather all of the file.
    if (this.position + size > seal.sizeBytes) {
      throw new StagedFileDamagedError(`staged file ${path} has a record of ${size} bytes that reaches beyond its end`);
    }
    const hasMore = this.#window.readOn(this.at);
    this.at = 0;
    this.end = 0;
    if (!hasMore && this.bytes.length > 0) throw new StagedFileDamagedError(`staged file ${path} ends within a record`);
    return hasMore;
  }
}
