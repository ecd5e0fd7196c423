import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

import { isMissingFile, TemporaryError } from '../errors.ts';

/** What a staged file must still be when it is read. */
export interface StagedFileSeal {
  readonly sizeBytes: number;
  readonly crc32: number;
}

/** A staged file is not what was written: the machine lost power, or a hand was in it. The step before makes it anew. */
export class StagedFileDamagedError extends TemporaryError {}

const chunkBytes = 256 * 1024;

/** Writes a file once, from front to end, through one buffer; what is larger goes past it. */
export class StagedFileWriter implements Disposable {
  readonly #descriptor: number;
  readonly #buffer: Buffer;
  #used = 0;
  #sizeBytes = 0;
  #crc32 = 0;

  constructor(path: string, bufferBytes = chunkBytes) {
    this.#buffer = Buffer.allocUnsafe(bufferBytes);
    this.#descriptor = openSync(path, 'wx');
  }

  /** Bytes written so far: where the next write begins. */
  get position(): number {
    return this.#sizeBytes + this.#used;
  }

  /** Room for `sizeBytes`, which the caller fills at once: the place and where in it. */
  reserve(sizeBytes: number): { readonly target: Buffer; readonly at: number } {
    if (this.#used + sizeBytes > this.#buffer.length) this.#flush();
    if (sizeBytes > this.#buffer.length) throw new RangeError(`${sizeBytes} bytes do not fit into a chunk`);
    const at = this.#used;
    this.#used += sizeBytes;
    return { target: this.#buffer, at };
  }

  writeBytes(bytes: Buffer): void {
    if (bytes.length > this.#buffer.length - this.#used) this.#flush();
    if (bytes.length > this.#buffer.length) {
      this.#write(bytes);
      return;
    }
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** Writes text as UTF-8. */
  writeText(text: string): void {
    // A UTF-16 unit becomes three bytes of UTF-8 at most.
    if (text.length * 3 > this.#buffer.length) {
      this.writeBytes(Buffer.from(text));
      return;
    }
    if (this.#used + text.length * 3 > this.#buffer.length) this.#flush();
    this.#used += this.#buffer.write(text, this.#used);
  }

  /** Writes what is left and says how to know the file again. */
  seal(): StagedFileSeal {
    this.#flush();
    return { sizeBytes: this.#sizeBytes, crc32: this.#crc32 };
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }

  #flush(): void {
    if (this.#used > 0) this.#write(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  #write(bytes: Buffer): void {
    this.#crc32 = crc32(bytes, this.#crc32);
    this.#sizeBytes += bytes.length;
    for (let written = 0; written < bytes.length;) written += writeSync(this.#descriptor, bytes, written);
  }
}

/** How many chunks of a file there are memory for. */
const chunksAtOnce = 4;

/** Memory that chunks take turns in: each is the caller's until three more were asked for. */
export class ChunkRing {
  readonly #chunks: Buffer[] = [];

  next(): Buffer {
    const oldest = this.#chunks.length < chunksAtOnce ? undefined : this.#chunks.shift();
    const chunk = oldest ?? Buffer.allocUnsafe(chunkBytes);
    this.#chunks.push(chunk);
    return chunk;
  }
}

/**
 * Reads a sealed file in the chunks of a ring.
 * @throws StagedFileDamagedError at the end of a file that is not the one that was sealed.
 */
export function readChunks(path: string, seal: StagedFileSeal): Generator<Buffer, void> {
  const ring = new ChunkRing();
  return readInto(() => ring.next(), path, seal);
}

/** Reads a sealed file in chunks into the memory that `target` gives for each. */
function* readInto(target: () => Buffer, path: string, seal: StagedFileSeal): Generator<Buffer, void> {
  const descriptor = openSync(path, 'r');
  try {
    let sizeBytes = 0;
    let checksum = 0;
    for (;;) {
      const chunk = target();
      const length = readSync(descriptor, chunk, 0, chunk.length, null);
      if (length === 0) break;
      const bytes = chunk.subarray(0, length);
      sizeBytes += length;
      checksum = crc32(bytes, checksum);
      yield bytes;
    }
    if (sizeBytes !== seal.sizeBytes || checksum !== seal.crc32) {
      throw new StagedFileDamagedError(`staged file ${path} is damaged: ${sizeBytes} of ${seal.sizeBytes} bytes`);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** What has been read of a sealed file and is not yet used up, in memory that is used again. */
export class FileWindow implements Disposable {
  readonly #pieceBytes: number;
  readonly #chunks: Generator<Buffer, void>;
  #memory: Buffer;
  #length = 0;
  #position = 0;
  #bytes: Buffer;

  constructor(path: string, seal: StagedFileSeal, pieceBytes: number) {
    this.#pieceBytes = pieceBytes;
    // What is left of a piece is moved to the beginning.
    this.#memory = Buffer.allocUnsafe(2 * pieceBytes);
    this.#bytes = this.#memory.subarray(0, 0);
    this.#chunks = readInto(() => this.#target(), path, seal);
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Where the bytes begin in the file. */
  get position(): number {
    return this.#position;
  }

  /**
   * Lets go of the first `used` bytes and reads some more; false at the end of the file.
   * @throws StagedFileDamagedError at the end of a file that is not the one that was sealed.
   */
  readOn(used: number): boolean {
    this.#memory.copyWithin(0, used, this.#length);
    this.#length -= used;
    this.#position += used;
    const { done, value } = this.#chunks.next();
    this.#length += done === true ? 0 : value.length;
    this.#bytes = this.#memory.subarray(0, this.#length);
    return done !== true;
  }

  [Symbol.dispose](): void {
    this.#chunks.return();
  }

  #target(): Buffer {
    const length = this.#length;
    if (this.#memory.length - length < this.#pieceBytes) {
      this.#memory = Buffer.concat([this.#memory], length + 2 * this.#pieceBytes);
    }
    return this.#memory.subarray(length, length + this.#pieceBytes);
  }
}

/** Whether a file is the one that was sealed. */
export function isIntact(path: string, seal: StagedFileSeal): boolean {
  try {
    let sizeBytes = 0;
    for (const { length } of readChunks(path, seal)) sizeBytes += length;
    return sizeBytes === seal.sizeBytes;
  } catch (error) {
    if (error instanceof StagedFileDamagedError || isMissingFile(error)) return false;
    throw error;
  }
}

/** The size of the record that begins at a place of some bytes; undefined while those do not even tell its size. */
export type RecordSize = (bytes: Buffer, at: number) => number | undefined;

/** Some whole records, one after the other. */
interface Records {
  readonly bytes: Buffer;
  /** Where each begins in the bytes. */
  readonly starts: readonly number[];
  /** Where the first begins in its file. */
  readonly position: number;
}

/** Reads a sealed file of records, some at a time, each time into memory of their own. */
export function* readRecords(
  path: string,
  seal: StagedFileSeal,
  sizeAt: RecordSize,
  pieceBytes = chunkBytes,
): Generator<Records, void> {
  let memory: Buffer = Buffer.alloc(0);
  let rest = memory;
  let position = 0;
  const target = (): Buffer => {
    memory = Buffer.allocUnsafe(rest.length + pieceBytes);
    rest.copy(memory);
    return memory.subarray(rest.length);
  };
  for (const chunk of readInto(target, path, seal)) {
    const bytes = memory.subarray(0, rest.length + chunk.length);
    const { starts, end } = wholeRecords(bytes, sizeAt);
    // Without this a damaged size would gather all of the file.
    if (position + end + (sizeAt(bytes, end) ?? 0) > seal.sizeBytes) {
      throw new StagedFileDamagedError(`staged file ${path} ends within a record`);
    }
    if (end > 0) yield { bytes: bytes.subarray(0, end), starts, position };
    rest = bytes.subarray(end);
    position += end;
  }
  if (rest.length > 0) throw new StagedFileDamagedError(`staged file ${path} ends within a record`);
}

function wholeRecords(bytes: Buffer, sizeAt: RecordSize): { readonly starts: readonly number[]; readonly end: number } {
  const starts: number[] = [];
  let end = 0;
  for (let size = sizeAt(bytes, 0); size !== undefined && end + size <= bytes.length; size = sizeAt(bytes, end)) {
    starts.push(end);
    end += size;
  }
  return { starts, end };
}

/** Reads the one record that begins at a position of a file; its size is told by its first `headBytes`. */
export function readRecordAt(path: string, position: number, sizeAt: RecordSize, headBytes: number): Buffer {
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

const linesBytes = 64 * 1024;

/** Reads a sealed UTF-8 file as groups of whole lines, without their line ends. */
export function* readLines(path: string, seal: StagedFileSeal): Generator<string[], void> {
  for (const lines of readLineBytes(path, seal, linesBytes)) yield lines.toString().split('\n');
}

/**
 * The same as bytes: whole lines with line ends between them, about `pieceBytes` at a time. All pieces share one memory: each
 * is good until the next one is asked for.
 */
export function* readLineBytes(path: string, seal: StagedFileSeal, pieceBytes: number): Generator<Buffer, void> {
  using window = new FileWindow(path, seal, pieceBytes);
  let used = 0;
  while (window.readOn(used)) {
    const lineEnd = window.bytes.lastIndexOf(0x0a);
    if (lineEnd !== -1) yield window.bytes.subarray(0, lineEnd);
    used = lineEnd + 1;
  }
  if (window.bytes.length > 0) yield window.bytes;
}
