import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

import { TemporaryError } from '../failures/errors.ts';
import { isMissingFile } from '../failures/system-errors.ts';

/** What a staged file must still be when it is read. */
export interface FileChecksum {
  readonly sizeBytes: number;
  readonly crc32: number;
}

export interface StagedFile {
  readonly path: string;
  readonly checksum: FileChecksum;
}

/** A staged file is not what was written: the machine lost power, or something changed it. The step before makes it again. */
export class StagedFileDamagedError extends TemporaryError {}

export const blockBytes = 256 * 1024;

/** Writes a file once, from front to end, through one buffer; what is larger goes past it. */
export class StagedFileWriter implements Disposable {
  readonly #descriptor: number;
  readonly #buffer: Buffer;
  #used = 0;
  #sizeBytes = 0;
  #crc32 = 0;

  constructor(path: string, bufferBytes = blockBytes) {
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
    if (sizeBytes > this.#buffer.length) throw new RangeError(`${sizeBytes} bytes do not fit into a block`);
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
  finish(): FileChecksum {
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

/** How many blocks a ring has. */
const blocksAtOnce = 4;

/** Memory that blocks take turns in: each is the caller's until three more were asked for. */
export class BlockRing {
  readonly #blocks: Buffer[] = [];

  next(): Buffer {
    const oldest = this.#blocks.length < blocksAtOnce ? undefined : this.#blocks.shift();
    const block = oldest ?? Buffer.allocUnsafe(blockBytes);
    this.#blocks.push(block);
    return block;
  }
}

/**
 * Reads a staged file in the blocks of a ring.
 * @throws StagedFileDamagedError at the end of a file whose checksum differs.
 */
export function readBlocks(file: StagedFile): Generator<Buffer, void> {
  const ring = new BlockRing();
  return readInto(() => ring.next(), file);
}

/** Reads a staged file in blocks into the memory that `target` gives for each. */
function* readInto(target: () => Buffer, { path, checksum }: StagedFile): Generator<Buffer, void> {
  const descriptor = openSync(path, 'r');
  try {
    let sizeBytes = 0;
    let crc = 0;
    for (;;) {
      const block = target();
      const length = readSync(descriptor, block, 0, block.length, null);
      if (length === 0) break;
      const bytes = block.subarray(0, length);
      sizeBytes += length;
      crc = crc32(bytes, crc);
      yield bytes;
    }
    if (sizeBytes !== checksum.sizeBytes || crc !== checksum.crc32) {
      throw new StagedFileDamagedError(`staged file ${path} is damaged: ${sizeBytes} of ${checksum.sizeBytes} bytes`);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** What has been read of a staged file and is not yet used up, in memory that is used again. */
export class FileWindow implements Disposable {
  readonly #file: StagedFile;
  readonly #pieceBytes: number;
  readonly #blocks: Generator<Buffer, void>;
  #memory: Buffer;
  #length = 0;
  #position = 0;
  #bytes: Buffer;

  /** @param pieceBytes - How many bytes are read at a time, about. */
  constructor(file: StagedFile, pieceBytes: number) {
    this.#file = file;
    this.#pieceBytes = pieceBytes;
    // What is left of a piece is moved to the beginning.
    this.#memory = Buffer.allocUnsafe(2 * pieceBytes);
    this.#bytes = this.#memory.subarray(0, 0);
    this.#blocks = readInto(() => this.#target(), file);
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
   * @throws StagedFileDamagedError when the file does not have so many, and at the end of one that has another checksum.
   */
  readOn(used: number, needed = 0): boolean {
    this.#memory.copyWithin(0, used, this.#length);
    this.#length -= used;
    this.#position += used;
    const { path, checksum } = this.#file;
    // Without this a damaged size would gather all of the file.
    if (this.#position + needed > checksum.sizeBytes) {
      throw new StagedFileDamagedError(
        `staged file ${path} has ${checksum.sizeBytes} bytes: ${needed} from ${this.#position} on are not there`,
      );
    }
    const { done, value } = this.#blocks.next();
    this.#length += done === true ? 0 : value.length;
    this.#bytes = this.#memory.subarray(0, this.#length);
    return done !== true;
  }

  [Symbol.dispose](): void {
    this.#blocks.return();
  }

  #target(): Buffer {
    const length = this.#length;
    if (this.#memory.length - length < this.#pieceBytes) {
      this.#memory = Buffer.concat([this.#memory], length + 2 * this.#pieceBytes);
    }
    return this.#memory.subarray(length, length + this.#pieceBytes);
  }
}

/** Whether a file has its checksum. */
export function isIntact(file: StagedFile): boolean {
  try {
    let sizeBytes = 0;
    for (const { length } of readBlocks(file)) sizeBytes += length;
    return sizeBytes === file.checksum.sizeBytes;
  } catch (error) {
    if (error instanceof StagedFileDamagedError || isMissingFile(error)) return false;
    throw error;
  }
}

const linesBytes = 64 * 1024;

/** Reads a staged UTF-8 file as groups of whole lines, without their line ends. */
export function* readLines(file: StagedFile): Generator<string[], void> {
  for (const lines of readLineBytes(file, linesBytes)) yield lines.toString().split('\n');
}

/**
 * The same as bytes: whole lines with line ends between them, about `pieceBytes` at a time. All pieces share one memory: each
 * is good until the next one is asked for.
 */
export function* readLineBytes(file: StagedFile, pieceBytes: number): Generator<Buffer, void> {
  using window = new FileWindow(file, pieceBytes);
  let used = 0;
  while (window.readOn(used)) {
    const lineEnd = window.bytes.lastIndexOf(0x0a);
    if (lineEnd !== -1) yield window.bytes.subarray(0, lineEnd);
    used = lineEnd + 1;
  }
  if (window.bytes.length > 0) yield window.bytes;
}
