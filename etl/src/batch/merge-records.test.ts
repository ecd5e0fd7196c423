import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { MergedRecords, type SealedFile } from './merge-records.ts';
import { StagedFileDamagedError, StagedFileWriter } from './staged-file.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'merge-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A record is its size, its key, and text. */
interface Item {
  readonly key: number;
  readonly text: string;
}
const headBytes = 8;
const layout = {
  sizeAt: (bytes: Buffer, at: number) => (at + headBytes <= bytes.length ? bytes.readUInt32BE(at) : undefined),
  keyAt: (bytes: Buffer, at: number) => bytes.readInt32BE(at + 4),
};

function bytesOf({ key, text }: Item): Buffer {
  const bytes = Buffer.alloc(headBytes + text.length);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.writeInt32BE(key, 4);
  bytes.write(text, headBytes, 'latin1');
  return bytes;
}

function write(name: string, items: readonly Item[]): SealedFile {
  const path = join(folder, name);
  rmSync(path, { force: true });
  using file = new StagedFileWriter(path);
  for (const item of items) file.writeBytes(bytesOf(item));
  return { path, seal: file.seal() };
}

interface Found extends Item {
  readonly position: number;
}

function merged(files: readonly SealedFile[]): Found[] {
  const found: Found[] = [];
  using records = new MergedRecords(files, layout);
  for (let record = records.next(); record !== undefined; record = records.next()) {
    const { bytes, at, end, key, position } = record;
    found.push({ key, text: bytes.toString('latin1', at + headBytes, end), position });
  }
  return found;
}

/** As the class says it: again and again the least key in front, the first of equals. */
function mergedNaively(files: readonly (readonly Item[])[]): Found[] {
  const rest = files.map((items) => withPositions(items));
  const found: Found[] = [];
  for (;;) {
    const fronts = rest.filter(([front]) => front !== undefined);
    const [first] = fronts;
    if (first === undefined) return found;
    const least = fronts.reduce((best, items) => ((items[0]?.key ?? 0) < (best[0]?.key ?? 0) ? items : best), first);
    found.push(...least.splice(0, 1));
  }
}

function withPositions(items: readonly Item[]): Found[] {
  let position = 0;
  return items.map((item) => {
    const found = { ...item, position };
    position += headBytes + item.text.length;
    return found;
  });
}

const item: fc.Arbitrary<Item> = fc.record({
  key: fc.integer({ min: -20, max: 20 }),
  text: fc.oneof(
    fc.string({ maxLength: 20 }),
    // So that records reach beyond the piece that is read at a time, and beyond the memory for two of them.
    fc.integer({ min: 1000, max: 200_000 }).map((length) => 'x'.repeat(length)),
  ),
});

test('records of some files come by their keys, each once, wherever a piece ends', () => {
  fc.assert(
    fc.property(fc.array(fc.array(item, { maxLength: 12 }), { maxLength: 5 }), (files) => {
      const sealed = files.map((items, index) => write(`file-${index}`, items));
      expect(merged(sealed)).toEqual(mergedNaively(files));
    }),
    { numRuns: 60 },
  );
});

test('of files in order comes one in order', () => {
  fc.assert(
    fc.property(fc.array(fc.array(item, { maxLength: 12 }), { maxLength: 5 }), (files) => {
      const sorted = files.map((items) => items.toSorted((a, b) => a.key - b.key));
      const keys = merged(sorted.map((items, index) => write(`file-${index}`, items))).map(({ key }) => key);
      expect(keys).toEqual(files.flatMap((items) => items.map(({ key }) => key)).toSorted((a, b) => a - b));
    }),
    { numRuns: 30 },
  );
});

const some = [1, 3, 5].map((key) => ({ key, text: 'abc' }));

test('a file that ends within a record is damaged', () => {
  const path = join(folder, 'cut');
  using file = new StagedFileWriter(path);
  file.writeBytes(bytesOf({ key: 1, text: 'abc' }));
  file.writeBytes(Buffer.from([0, 0]));
  const cut = { path, seal: file.seal() };
  expect(() => merged([write('whole', some), cut])).toThrow(StagedFileDamagedError);
});

test('a size beyond the file is damage, not a reason to read all of it', () => {
  const path = join(folder, 'size');
  using file = new StagedFileWriter(path);
  const bytes = bytesOf({ key: 1, text: 'abc' });
  bytes.writeUInt32BE(2 ** 31, 0);
  file.writeBytes(bytes);
  expect(() => merged([{ path, seal: file.seal() }])).toThrow(StagedFileDamagedError);
});

test('a file that is not the sealed one is damaged', () => {
  const file = write('file', some);
  truncateSync(file.path, headBytes + 3);
  expect(() => merged([file])).toThrow(StagedFileDamagedError);
});
