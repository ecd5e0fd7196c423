import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { isIntact, readChunks, readLines, StagedFileDamagedError, StagedFileWriter } from './staged-file.ts';

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
      const seal = file.seal();
      expect([...readLines({ path, seal })].flat()).toEqual(written);
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
  expect([...readLines({ path, seal: file.seal() })].flat()).toEqual(written);
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
  const chunks = Array.from(readChunks({ path, seal }), (chunk) => Buffer.from(chunk));
  expect(Buffer.concat(chunks)).toEqual(readFileSync(path));
});

test('a chunk stays as it was read until three more were asked for', () => {
  using file = new StagedFileWriter(path);
  const letters = Array.from('abcdefgh');
  for (const letter of letters) file.writeBytes(Buffer.alloc(256 * 1024, letter));
  const given: Buffer[] = [];
  for (const chunk of readChunks({ path, seal: file.seal() })) {
    given.push(chunk);
    const kept = given.slice(-4).map((one) => one.toString('latin1', 0, 1));
    expect(kept).toEqual(letters.slice(Math.max(0, given.length - 4), given.length));
  }
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
  expect(isIntact({ path, seal })).toBe(true);
  damage();
  expect(isIntact({ path, seal })).toBe(false);
  expect(() => [...readLines({ path, seal })]).toThrow(StagedFileDamagedError);
});

test('a file that is gone is not intact', () => {
  expect(isIntact({ path, seal: { sizeBytes: 0, crc32: 0 } })).toBe(false);
});
