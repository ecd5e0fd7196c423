import { frameSizeAt, readFrame, type RawRecord } from '../kafka/raw-record.ts';
import { readRecordAt } from './staged-records.ts';

/** Reads the one frame that begins at a position of a file of frames. */
export function readFrameAt(path: string, framePosition: number): RawRecord {
  return readFrame(readRecordAt(path, framePosition, frameSizeAt, 4), 0);
}
