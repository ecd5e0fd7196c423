import { frameSize, writeFrame, type RawRecord } from '../kafka/raw-record.ts';
import type { StagedFileWriter } from './staged-file.ts';

const frameInBufferMax = 256 * 1024;

/** Writes a record's frame into a staged file. */
export function writeRecord(file: StagedFileWriter, record: RawRecord): void {
  const size = frameSize(record);
  if (size > frameInBufferMax) {
    const frame = Buffer.allocUnsafe(size);
    writeFrame(frame, 0, record);
    file.writeBytes(frame);
    return;
  }
  const { target, at } = file.reserve(size);
  writeFrame(target, at, record);
}
