import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

import { TemporaryError } from '../failures/errors.ts';
import { isMissingFile } from '../failures/system-errors.ts';

/** What a staged file must still be when it is read. */
export interface StagedFileSeal {
  readonly sizeBytes: number;
  readonly crc32: number;
}

export interface SealedFile {
  readonly path: string;
  readonly seal: StagedFileSeal;
}

/** A staged file is not what was written: the machine lost power, or something changed it. The step before makes it again. */
export class StagedFileDamagedError extends TemporaryError {}

export const chunkBytes = 256 * 1024;

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

  /** Writes what is left. @returns what the file is recognized by. */
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

/** How many chunks a ring has. */
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
export function readChunks(file: SealedFile): Generator<Buffer, void> {
  const ring = new ChunkRing();
  return readInto(() => ring.next(), file);
}

/** Reads a sealed file in chunks into the memory that `target` gives for each. */
function* readInto(target: () => Buffer, { path, seal }: SealedFile): Generator<Buffer, void> {
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
  readonly #file: SealedFile;
  readonly #pieceBytes: number;
  readonly #chunks: Generator<Buffer, void>;
  #memory: Buffer;
  #length = 0;
  #position = 0;
  #bytes: Buffer;

  /** @param pieceBytes - How many bytes are read at a time, about. */
  constructor(file: SealedFile, pieceBytes: number) {
    this.#file = file;
    this.#pieceBytes = pieceBytes;
    // What is left of a piece is moved to the beginning.
    this.#memory = Buffer.allocUnsafe(2 * pieceBytes);
    this.#bytes = this.#memory.subarray(0, 0);
    this.#chunks = readInto(() => this.#target(), file);
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
   * @param needed - How many bytes are waited for, where that is known.
   * @throws StagedFileDamagedError when the file does not have so many, and at the end of one that is not what was sealed.
   */
  readOn(used: number, needed = 0): boolean {
    this.#memory.copyWithin(0, used, this.#length);
    this.#length -= used;
    this.#position += used;
    const { path, seal } = this.#file;
    // Without this a damaged size would gather all of the file.
    if (this.#position + needed > seal.sizeBytes) {
      throw new StagedFileDamagedError(
        `staged file ${path} has ${seal.sizeBytes} bytes: ${needed} from ${this.#position} on are not there`,
      );
    }
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
export function isIntact(file: SealedFile): boolean {
  try {
    let sizeBytes = 0;
    for (const { length } of readChunks(file)) sizeBytes += length;
    return sizeBytes === file.seal.sizeBytes;
  } catch (error) {
    if (error instanceof StagedFileDamagedError || isMissingFile(error)) return false;
    throw error;
  }
}

const linesBytes = 64 * 1024;

/** Reads a sealed UTF-8 file as groups of whole lines, without their line ends. */
export function* readLines(file: SealedFile): Generator<string[], void> {
  for (const lines of readLineBytes(file, linesBytes)) yield lines.toString().split('\n');
}

/**
 * The same as bytes: whole lines with line ends between them, about `pieceBytes` at a time. All pieces share one memory: each
 * is good until the next one is asked for.
 */
export function* readLineBytes(file: SealedFile, pieceBytes: number): Generator<Buffer, void> {
  using window = new FileWindow(file, pieceBytes);
  let used = 0;
  while (window.readOn(used)) {
    const lineEnd = window.bytes.lastIndexOf(0x0a);
    if (lineEnd !== -1) yield window.bytes.subarray(0, lineEnd);
    used = lineEnd + 1;
  }
  if (window.bytes.length > 0) yield window.bytes;
}
