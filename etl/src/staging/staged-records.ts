import { closeSync, openSync, readSync } from 'node:fs';

import { blockBytes, FileWindow, StagedFileDamagedError, type StagedFile } from './staged-file.ts';

/** The size of the record that begins at an index of some bytes; undefined while those end before its size. */
export type RecordSize = (bytes: Buffer, at: number) => number | undefined;

/** Less than a block, for many files may be read at once. */
const readerPieceBytes = 64 * 1024;

/** Some whole records, one after the other. */
interface Records {
  readonly bytes: Buffer;
  /** Where each begins in the bytes. */
  readonly starts: readonly number[];
  /** Where the first begins in its file. */
  readonly position: number;
}

/** Reads a staged file of records, some at a time, each time into memory of their own. */
export function* readRecords(file: StagedFile, sizeAt: RecordSize): Generator<Records, void> {
  using window = new FileWindow(file, blockBytes);
  let used = 0;
  let needed = 0;
  while (window.readOn(used, needed)) {
    const starts: number[] = [];
    used = 0;
    for (let size = sizeAt(window.bytes, 0); ; size = sizeAt(window.bytes, used)) {
      needed = size ?? 0;
      if (size === undefined || used + size > window.bytes.length) break;
      starts.push(used);
      used += size;
    }
    if (used > 0) yield { bytes: Buffer.from(window.bytes.subarray(0, used)), starts, position: window.position };
  }
  requireNothingLeft(window, file);
}

/** Reads a staged file of records one by one: the one in front is good until the next one is. */
export class RecordReader implements Disposable {
  readonly #file: StagedFile;
  readonly #sizeAt: RecordSize;
  readonly #window: FileWindow;
  #at = 0;
  #end = 0;

  constructor(file: StagedFile, sizeAt: RecordSize) {
    this.#file = file;
    this.#sizeAt = sizeAt;
    this.#window = new FileWindow(file, readerPieceBytes);
  }

  /** The record in front lies in these, from `at` to `end`. */
  get bytes(): Buffer {
    return this.#window.bytes;
  }

  get at(): number {
    return this.#at;
  }

  get end(): number {
    return this.#end;
  }

  /** Where the record in front begins in its file. */
  get position(): number {
    return this.#window.position + this.#at;
  }

  /** Goes on to the next record; false at the end. @throws StagedFileDamagedError for a file that has another checksum. */
  next(): boolean {
    this.#at = this.#end;
    for (;;) {
      const { bytes } = this.#window;
      const size = this.#sizeAt(bytes, this.#at);
      if (size !== undefined && this.#at + size <= bytes.length) {
        this.#end = this.#at + size;
        return true;
      }
      const hasMore = this.#window.readOn(this.#at, size);
      this.#at = 0;
      this.#end = 0;
      if (hasMore) continue;
      requireNothingLeft(this.#window, this.#file);
      return false;
    }
  }

  [Symbol.dispose](): void {
    this.#window[Symbol.dispose]();
  }
}

function requireNothingLeft({ bytes }: FileWindow, { path }: StagedFile): void {
  if (bytes.length > 0) throw new StagedFileDamagedError(`staged file ${path} ends within a record`);
}

/** Reads the one record that begins at a position of a file; its first `headBytes` hold its size. */
export function readRecordBytes(path: string, position: number, sizeAt: RecordSize, headBytes: number): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const head = readAt(descriptor, position, headBytes, path);
    return readAt(descriptor, position, sizeAt(head, 0) ?? 0, path);
  } finally {
    closeSync(descriptor);
  }
}

function readAt(descriptor: number, position: number, sizeBytes: number, path: string): Buffer {
  const bytes = Buffer.allocUnsafe(sizeBytes);
  if (readSync(descriptor, bytes, 0, sizeBytes, position) === sizeBytes) return bytes;
  throw new StagedFileDamagedError(`staged file ${path} ends before byte ${position + sizeBytes}`);
}
