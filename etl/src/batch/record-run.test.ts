import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { RecordRun, type SealedFile } from './record-run.ts';
import { StagedFileDamagedError, StagedFileWriter } from './staged-file.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-'));
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

function write(...pieces: readonly Buffer[]): SealedFile {
  const path = join(folder, 'file');
  rmSync(path, { force: true });
  using file = new StagedFileWriter(path);
  for (const piece of pieces) file.writeBytes(piece);
  return { path, seal: file.seal() };
}

function read(file: SealedFile): { readonly text: string; readonly position: number }[] {
  const found = [];
  using run = new RecordRun(file, sizeAt);
  while (run.next()) {
    found.push({ text: run.bytes.toString('latin1', run.at + headBytes, run.end), position: run.position });
  }
  return found;
}

const text = fc.oneof(
  fc.string({ unit: 'binary-ascii', maxLength: 20 }),
  // So that records reach beyond the piece that is read at a time, and beyond the memory for two of them.
  fc.integer({ min: 1000, max: 200_000 }).map((length) => 'x'.repeat(length)),
);

test('records come out whole and at their positions, wherever a piece ends', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 12 }), (texts) => {
      let position = 0;
      const expected = texts.map((one) => {
        const at = position;
        position += headBytes + one.length;
        return { text: one, position: at };
      });
      expect(read(write(...texts.map(recordOf)))).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

test('a file that ends within a record is damaged', () => {
  expect(() => read(write(recordOf('abc'), Buffer.from([0, 0])))).toThrow(/ends within a record/);
});

test('a size beyond the file is told at once, and is no reason to read all of it', () => {
  const damaged = recordOf('abc');
  damaged.writeUInt32BE(2 ** 31);
  const file = write(damaged, Buffer.alloc(1_000_000));
  using run = new RecordRun(file, sizeAt);
  expect(() => run.next()).toThrow(/reaches beyond its end/);
  expect(run.bytes.length).toBeLessThan(200_000);
});

test('a file that is not the sealed one is damaged', () => {
  const file = write(recordOf('abc'), recordOf('def'));
  truncateSync(file.path, headBytes + 3);
  expect(() => read(file)).toThrow(StagedFileDamagedError);
});
