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

/** Writes a file once, from front to end, through one buffer. */
export class StagedFileWriter implements Disposable {
  readonly #descriptor: number;
  readonly #buffer = Buffer.allocUnsafe(chunkBytes);
  #used = 0;
  #sizeBytes = 0;
  #crc32 = 0;

  constructor(path: string) {
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

/**
 * Reads a sealed file in chunks, each with memory of its own.
 * @throws StagedFileDamagedError at the end of a file that is not the one that was sealed.
 */
export function readChunks(path: string, seal: StagedFileSeal): Generator<Buffer, void> {
  return readInto(() => Buffer.allocUnsafe(chunkBytes), path, seal);
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

const lineMaxBytes = 4096;

/** Reads the line that begins at a byte of a UTF-8 file; lines there are far shorter than 4 KiB. */
export function readLineAt(path: string, position: number): string {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(lineMaxBytes);
    const length = readSync(descriptor, bytes, 0, lineMaxBytes, position);
    const end = bytes.subarray(0, length).indexOf(0x0a);
    if (end === -1) throw new StagedFileDamagedError(`staged file ${path} has no line at byte ${position}`);
    return bytes.toString('utf8', 0, end);
  } finally {
    closeSync(descriptor);
  }
}

const lineChunkBytes = 64 * 1024;

/** Reads a sealed UTF-8 file as groups of whole lines, without their line ends. */
export function* readLines(path: string, seal: StagedFileSeal): Generator<string[], void> {
  // One piece of memory for the whole file: what is left of a line is moved to its beginning.
  let memory = Buffer.allocUnsafe(2 * lineChunkBytes);
  let used = 0;
  const target = (): Buffer => {
    if (memory.length - used < lineChunkBytes) memory = Buffer.concat([memory], used + 2 * lineChunkBytes);
    return memory.subarray(used, used + lineChunkBytes);
  };
  for (const chunk of readInto(target, path, seal)) {
    const lineEnd = chunk.lastIndexOf(0x0a);
    const end = used + lineEnd;
    used += chunk.length;
    if (lineEnd === -1) continue;
    yield memory.toString('utf8', 0, end).split('\n');
    memory.copyWithin(0, end + 1, used);
    used -= end + 1;
  }
  if (used > 0) yield memory.toString('utf8', 0, used).split('\n');
}
