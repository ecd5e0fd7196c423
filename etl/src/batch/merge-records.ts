import { FileWindow, StagedFileDamagedError, type RecordSize, type StagedFileSeal } from './staged-file.ts';

/** Small, for there may be many files. */
const pieceBytes = 64 * 1024;

export interface SealedFile {
  readonly path: string;
  readonly seal: StagedFileSeal;
}

/** How records lie one after the other, and what they are merged by. */
export interface RecordLayout {
  readonly sizeAt: RecordSize;
  /** The key of the record that begins at a place of some bytes. */
  readonly keyAt: (bytes: Buffer, at: number) => number;
}

/** A sealed file of records, read from front to end, with one of them in front: it is good until the next one is. */
export class RecordRun implements Disposable {
  readonly #file: SealedFile;
  readonly #layout: RecordLayout;
  readonly #window: FileWindow;
  /** The record in front lies in `bytes` from `at` to `end`. */
  at = 0;
  end = 0;
  key = Number.NaN;

  constructor(file: SealedFile, layout: RecordLayout) {
    this.#file = file;
    this.#layout = layout;
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
      const size = this.#layout.sizeAt(bytes, this.at);
      if (size !== undefined && this.at + size <= bytes.length) {
        this.end = this.at + size;
        this.key = this.#layout.keyAt(bytes, this.at);
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
    const isWithin = this.position + size <= seal.sizeBytes;
    const hasMore = isWithin && this.#window.readOn(this.at);
    this.at = 0;
    this.end = 0;
    if (!isWithin || (!hasMore && this.#window.bytes.length > 0)) {
      throw new StagedFileDamagedError(`staged file ${path} ends within a record`);
    }
    return hasMore;
  }
}

/**
 * Files of records as one: next is, each time, the record with the least key of those that the files have in front; of equals
 * the first file's. A file keeps its own order, sorted or not, so that every record comes either way.
 */
export class MergedRecords implements Disposable {
  readonly #runs: readonly RecordRun[];
  /** Those that are not at their end. */
  readonly #waiting: RecordRun[];
  #given: RecordRun | undefined;

  constructor(files: readonly SealedFile[], layout: RecordLayout) {
    this.#runs = files.map((file) => new RecordRun(file, layout));
    this.#waiting = this.#runs.filter((run) => run.next());
  }

  /** The file with the next record in front; undefined after the last one. @throws StagedFileDamagedError */
  next(): RecordRun | undefined {
    const given = this.#given;
    if (given?.next() === false) this.#waiting.splice(this.#waiting.indexOf(given), 1);
    let least = this.#waiting[0];
    for (const run of this.#waiting) if (least === undefined || run.key < least.key) least = run;
    this.#given = least;
    return least;
  }

  [Symbol.dispose](): void {
    for (const run of this.#runs) run[Symbol.dispose]();
  }
}
