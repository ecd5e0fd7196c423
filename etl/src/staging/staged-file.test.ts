import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { isIntact, readBlocks, readLines, StagedFileDamagedError, StagedFileWriter } from './staged-file.ts';

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

test('lines come out as they went in', () => {
  fc.assert(
    fc.property(lines, (written) => {
      rmSync(path, { force: true });
      using file = new StagedFileWriter(path);
      for (const line of written) file.writeText(`${line}\n`);
      const checksum = file.finish();
      expect([...readLines({ path, checksum })].flat()).toEqual(written);
      expect(file.position).toBe(checksum.sizeBytes);
    }),
    { numRuns: 50 },
  );
});

test('lines of any length come out whole, wherever a block ends', () => {
  const written = Array.from({ length: 400 }, (_, index) => `${index}:${'ä'.repeat((index * 7919) % 150_000)}`);
  rmSync(path, { force: true });
  using file = new StagedFileWriter(path);
  for (const line of written) file.writeText(`${line}\n`);
  expect([...readLines({ path, checksum: file.finish() })].flat()).toEqual(written);
});

test('text, bytes and reserved places keep their order across the buffer', () => {
  const large = Buffer.alloc(3_000_000, 'l');
  using file = new StagedFileWriter(path);
  file.writeText('text ');
  const { target, at } = file.reserve(9);
  target.write('reserved ', at);
  file.writeBytes(large);
  file.writeText('ü'.repeat(600_000));
  const checksum = file.finish();
  expect(readFileSync(path, 'utf8')).toBe(`text reserved ${large.toString()}${'ü'.repeat(600_000)}`);
  const blocks = Array.from(readBlocks({ path, checksum }), (block) => Buffer.from(block));
  expect(Buffer.concat(blocks)).toEqual(readFileSync(path));
});

test('a block stays as it was read until three more were asked for', () => {
  using file = new StagedFileWriter(path);
  const letters = Array.from('abcdefgh');
  for (const letter of letters) file.writeBytes(Buffer.alloc(256 * 1024, letter));
  const given: Buffer[] = [];
  for (const block of readBlocks({ path, checksum: file.finish() })) {
    given.push(block);
    const kept = given.slice(-4).map((one) => one.toString('latin1', 0, 1));
    expect(kept).toEqual(letters.slice(Math.max(0, given.length - 4), given.length));
  }
});

test.each([
  ['cut short', () => truncateSync(path, 3)],
  ['emptied', () => truncateSync(path)],
  ['longer', () => appendFileSync(path, 'x')],
  ['another of the same size', () => writeFileSync(path, 'abcdefgX\n')],
])('a file that is %s does not pass for the staged one', (_, damage) => {
  using file = new StagedFileWriter(path);
  file.writeText('abcdefgh\n');
  const checksum = file.finish();
  expect(isIntact({ path, checksum })).toBe(true);
  damage();
  expect(isIntact({ path, checksum })).toBe(false);
  expect(() => [...readLines({ path, checksum })]).toThrow(StagedFileDamagedError);
});

test('a file that is gone is not intact', () => {
  expect(isIntact({ path, checksum: { sizeBytes: 0, crc32: 0 } })).toBe(false);
});
