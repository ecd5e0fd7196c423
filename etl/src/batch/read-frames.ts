import { frameSizeAt, readFrame, type RawRecord } from './raw-record.ts';
import { readRecordAt, readRecords, type StagedFileSeal } from './staged-file.ts';

export interface ReadFrame {
  readonly record: RawRecord;
  /** Where the frame begins in its file. */
  readonly framePosition: number;
}

/** Reads a sealed file of frames, in order. @throws StagedFileDamagedError for a file cut short. */
export function* readFrames(path: string, seal: StagedFileSeal): Generator<ReadFrame, void> {
  for (const { bytes, starts, position } of readRecords(path, seal, frameSizeAt)) {
    for (const at of starts) yield { record: readFrame(bytes, at), framePosition: position + at };
  }
}

/** Reads the one frame that begins at a position of a file of frames. */
export function readFrameAt(path: string, framePosition: number): RawRecord {
  return readFrame(readRecordAt(path, framePosition, frameSizeAt, 4), 0);
}
