import type { RawRecord } from '../kafka/raw-record.ts';
import { blockBytes, type StagedFileWriter } from './staged-file.ts';
import { readRecordBytes } from './staged-records.ts';

/** Writes a record's frame into a staged file. */
export function writeRecord(file: StagedFileWriter, record: RawRecord): void {
  const size = frameSize(record);
  if (size > blockBytes) {
    const frame = Buffer.allocUnsafe(size);
    writeFrame(frame, 0, record);
    file.writeBytes(frame);
    return;
  }
  const { target, at } = file.reserve(size);
  writeFrame(target, at, record);
}

/** Reads the one frame that begins at a position of a file of frames. */
export function readFrameAt(path: string, framePosition: number): RawRecord {
  return readFrame(readRecordBytes(path, framePosition, frameSizeAt, 4), 0);
}

/**
 * A frame of a staged record, big-endian:
 * u32 length of the rest, u32 partition, f64 offset, f64 timestamp, i32 key length, i32 value length (-1: null), key, value.
 */
const headerBytes = 4 + 4 + 8 + 8 + 4 + 4;

/** Bytes that `writeFrame` needs for the record. */
export function frameSize(record: RawRecord): number {
  return headerBytes + (record.key?.length ?? 0) + (record.value?.length ?? 0);
}

/** Writes the record's frame at `at`; the target has `frameSize(record)` bytes of room there. */
export function writeFrame(target: Buffer, at: number, record: RawRecord): void {
  const { key, value } = record;
  target.writeUInt32BE(frameSize(record) - 4, at);
  target.writeUInt32BE(record.partition, at + 4);
  target.writeDoubleBE(record.offset, at + 8);
  target.writeDoubleBE(record.timestampMs, at + 16);
  target.writeInt32BE(key === null ? -1 : key.length, at + 24);
  target.writeInt32BE(value === null ? -1 : value.length, at + 28);
  const keyAt = at + headerBytes;
  if (key !== null) target.set(key, keyAt);
  if (value !== null) target.set(value, keyAt + (key?.length ?? 0));
}

/** The whole size of the frame that begins at `at`, or undefined while not even its length is there. */
export function frameSizeAt(source: Buffer, at: number): number | undefined {
  return at + 4 <= source.length ? source.readUInt32BE(at) + 4 : undefined;
}

/** Reads the frame that begins at `at` and lies whole in `source`. Key and value share the source's memory. */
export function readFrame(source: Buffer, at: number): RawRecord {
  const keyLength = source.readInt32BE(at + 24);
  const valueLength = source.readInt32BE(at + 28);
  const keyAt = at + headerBytes;
  const valueAt = keyAt + Math.max(keyLength, 0);
  return {
    partition: source.readUInt32BE(at + 4),
    offset: source.readDoubleBE(at + 8),
    timestampMs: source.readDoubleBE(at + 16),
    key: keyLength < 0 ? null : source.subarray(keyAt, valueAt),
    value: valueLength < 0 ? null : source.subarray(valueAt, valueAt + valueLength),
  };
}
