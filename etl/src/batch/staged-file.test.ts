import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';

import {
  isIntact,
  readChunks,
  readLineAt,
  readLines,
  StagedFileDamagedError,
  StagedFileWriter,
} from './staged-file.ts';

const lineMaxBytes = 4096;

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'staged-'));
  path = join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true }));

const lines = fc.array(
  fc
    .oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', maxLength: 4000 }))
    .map((text) => text.toWellFormed().replaceAll('\n', '')),
);

test('lines come out as they went in, and each is found again at its place', () => {
  fc.assert(
    fc.property(lines, (written) => {
      rmSync(path, { force: true });
      using file = new StagedFileWriter(path);
      const places = written.map((line) => {
        const place = file.position;
        file.writeText(`${line}\n`);
        return place;
      });
      const seal = file.seal();
      expect([...readLines(path, seal)].flat()).toEqual(written);
      const short = written.flatMap((line, index) => (Buffer.byteLength(line) < lineMaxBytes ? [index] : []));
      const found = short.map((index) => readLineAt(path, places[index] ?? -1));
      expect(found).toEqual(short.map((index) => written[index]));
      expect(file.position).toBe(seal.sizeBytes);
    }),
    { numRuns: 50 },
  );
});

test('lines of any length come out whole, wherever a chunk ends', () => {
  const written = Array.from({ length: 400 }, (_, index) => `${index}:${'ä'.repeat((index * 7919) % 150_000)}`);
  rmSync(path, { force: true });
  using file = new StagedFileWriter(path);
  for (const line of written) file.writeText(`${line}\n`);
  expect([...readLines(path, file.seal())].flat()).toEqual(written);
});

test('text, bytes and reserved places keep their order across the buffer', () => {
  const large = Buffer.alloc(3_000_000, 'l');
  using file = new StagedFileWriter(path);
  file.writeText('text ');
  const { target, at } = file.reserve(9);
  target.write('reserved ', at);
  file.writeBytes(large);
  file.writeText('ü'.repeat(600_000));
  const seal = file.seal();
  expect(readFileSync(path, 'utf8')).toBe(`text reserved ${large.toString()}${'ü'.repeat(600_000)}`);
  expect(Buffer.concat([...readChunks(path, seal)])).toEqual(readFileSync(path));
});

test.each([
  ['cut short', () => truncateSync(path, 3)],
  ['emptied', () => truncateSync(path)],
  ['longer', () => appendFileSync(path, 'x')],
  ['another of the same size', () => writeFileSync(path, 'abcdefgX\n')],
])('a file that is %s does not pass for the sealed one', (_, damage) => {
  using file = new StagedFileWriter(path);
  file.writeText('abcdefgh\n');
  const seal = file.seal();
  expect(isIntact(path, seal)).toBe(true);
  damage();
  expect(isIntact(path, seal)).toBe(false);
  expect(() => [...readLines(path, seal)]).toThrow(StagedFileDamagedError);
});

test('a file that is gone is not intact', () => {
  expect(isIntact(path, { sizeBytes: 0, crc32: 0 })).toBe(false);
});
