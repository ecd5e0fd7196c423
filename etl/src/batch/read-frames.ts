import { closeSync, openSync, readSync } from 'node:fs';

import { frameSizeAt, readFrame, type RawRecord } from './raw-record.ts';
import { readChunks, StagedFileDamagedError, type StagedFileSeal } from './staged-file.ts';

export interface ReadFrame {
  readonly record: RawRecord;
  /** Where the frame begins in its file. */
  readonly framePosition: number;
}

/** Reads a sealed file of frames, in order. @throws StagedFileDamagedError for a file cut short. */
export function* readFrames(path: string, seal: StagedFileSeal): Generator<ReadFrame, void> {
  let rest: Buffer = Buffer.alloc(0);
  let restPosition = 0;
  for (const chunk of readChunks(path, seal)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (let size = frameSizeAt(bytes, at); size !== undefined && at + size <= bytes.length;) {
      yield { record: readFrame(bytes, at), framePosition: restPosition + at };
      at += size;
      size = frameSizeAt(bytes, at);
    }
    rest = bytes.subarray(at);
    restPosition += at;
  }
  if (rest.length > 0) throw new StagedFileDamagedError(`staged file ${path} ends within a record`);
}

/** Reads the one frame that begins at a position of a file of frames. */
export function readFrameAt(path: string, framePosition: number): RawRecord {
  const descriptor = openSync(path, 'r');
  try {
    const length = readAt(descriptor, framePosition, 4, path);
    const size = frameSizeAt(length, 0) ?? 0;
    return readFrame(readAt(descriptor, framePosition, size, path), 0);
  } finally {
    closeSync(descriptor);
  }
}

function readAt(descriptor: number, position: number, sizeBytes: number, path: string): Buffer {
  const bytes = Buffer.allocUnsafe(sizeBytes);
  const read = readSync(descriptor, bytes, 0, sizeBytes, position);
  if (read !== sizeBytes)
    throw new StagedFileDamagedError(`staged file ${path} ends before byte ${position + sizeBytes}`);
  return bytes;
}
