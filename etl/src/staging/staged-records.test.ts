import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { readRecordBytes, RecordReader, readRecords } from './staged-records.ts';
import { StagedFileDamagedError, StagedFileWriter, type StagedFile } from './staged-file.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'records-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A record is its size and text. */
const headBytes = 4;
const sizeAt = (bytes: Buffer, at: number): number | undefined =>
  at + headBytes <= bytes.length ? bytes.readUInt32BE(at) : undefined;

function recordOf(text: string): Buffer {
  const bytes = Buffer.alloc(headBytes + text.length);
  bytes.writeUInt32BE(bytes.length);
  bytes.write(text, headBytes, 'latin1');
  return bytes;
}

function write(...pieces: readonly Buffer[]): StagedFile {
  const path = join(folder, 'file');
  rmSync(path, { force: true });
  using file = new StagedFileWriter(path);
  for (const piece of pieces) file.writeBytes(piece);
  return { path, checksum: file.finish() };
}

interface Found {
  readonly text: string;
  /** Where the record begins in its file. */
  readonly position: number;
}

function oneByOne(file: StagedFile): Found[] {
  const found = [];
  using reader = new RecordReader(file, sizeAt);
  while (reader.next()) {
    found.push({ text: reader.bytes.toString('latin1', reader.at + headBytes, reader.end), position: reader.position });
  }
  return found;
}

/** All records are looked at when all were read: each group has memory of its own. */
function inGroups(file: StagedFile): Found[] {
  return [...readRecords(file, sizeAt)].flatMap(({ bytes, starts, position }) =>
    starts.map((at, index) => ({
      text: bytes.toString('latin1', at + headBytes, starts[index + 1] ?? bytes.length),
      position: position + at,
    })),
  );
}

const text = fc.oneof(
  fc.string({ unit: 'binary-ascii', maxLength: 20 }),
  // So that records reach beyond the piece that is read at a time, and beyond the memory for two of them.
  fc.integer({ min: 1000, max: 600_000 }).map((length) => 'x'.repeat(length)),
);

test('records come out whole and at their positions, wherever a piece ends, and each is found again at its own', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 12 }), (texts) => {
      let position = 0;
      const expected = texts.map((one) => {
        const at = position;
        position += headBytes + one.length;
        return { text: one, position: at };
      });
      const file = write(...texts.map(recordOf));
      expect(oneByOne(file)).toEqual(expected);
      expect(inGroups(file)).toEqual(expected);
      const again = expected.map(({ position: at }) => readRecordBytes(file.path, at, sizeAt, headBytes));
      expect(again).toEqual(texts.map(recordOf));
    }),
    { numRuns: 60 },
  );
});

describe.each([
  ['one by one', oneByOne],
  ['in groups', inGroups],
])('%s', (_, read) => {
  test('a file that ends within a record is damaged', () => {
    expect(() => read(write(recordOf('abc'), Buffer.from([0, 0])))).toThrow(/ends within a record/);
  });

  test('a size beyond the file is told before any more is read', () => {
    const damaged = recordOf('abc');
    damaged.writeUInt32BE(2 ** 31);
    const file = write(damaged, Buffer.alloc(1_000_000));
    // What is read to its end is found to be cut short.
    truncateSync(file.path, 500_000);
    expect(() => read(file)).toThrow(/are not there/);
  });

  test('a file that has another checksum is damaged', () => {
    const file = write(recordOf('abc'), recordOf('def'));
    truncateSync(file.path, headBytes + 3);
    expect(() => read(file)).toThrow(StagedFileDamagedError);
  });
});

test('a record that is not there is damage', () => {
  const file = write(recordOf('abc'));
  expect(() => readRecordBytes(file.path, headBytes + 3, sizeAt, headBytes)).toThrow(StagedFileDamagedError);
});
