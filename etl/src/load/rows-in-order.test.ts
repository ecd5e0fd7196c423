import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { copyRowsOf, firstTextOf } from '../copy-format/copy-binary.ts';
import { transactionStream } from '../streams/transactions/transactions.ts';
import { CopyFileWriter } from '../copy-format/copy-file-writer.ts';
import { StagedFileDamagedError, StagedFileWriter, type StagedFile } from '../staging/staged-file.ts';
import { rowsInOrder } from './rows-in-order.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rows-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Row {
  readonly partition: number;
  readonly offset: number;
  readonly jurisdiction: string;
}

const nameOf = ({ partition, offset }: Row): string => `${partition}/${offset}`;

/** Rows as the transform writes them, but with nothing in most of their columns, and their place in Kafka as their id. */
function write(chunk: number, rows: readonly Row[]): StagedFile {
  const path = join(folder, `chunk-${chunk}`);
  rmSync(path, { force: true });
  const { columns } = transactionStream.sinks.transactions;
  using file = new CopyFileWriter(path, columns);
  for (const row of rows) {
    const fields = file.beginRow();
    for (const { name } of columns) {
      if (name === 'order_id') fields.text(nameOf(row));
      else if (name === 'kafka_partition') fields.integer(row.partition);
      else if (name === 'kafka_offset') fields.bigint(row.offset);
      else if (name === 'tax_jurisdiction') fields.text(row.jurisdiction);
      else fields.null();
    }
  }
  return { path, checksum: file.finish() };
}

const chunksMax = 5;
const rows = fc.uniqueArray(
  fc.record({
    chunk: fc.nat(chunksMax - 1),
    partition: fc.nat(3),
    offset: fc.oneof(fc.nat(100), fc.maxSafeNat()),
    jurisdiction: fc.oneof(fc.string({ maxLength: 10 }), fc.constant('x'.repeat(50_000))),
  }),
  { selector: nameOf, maxLength: 80 },
);

test('the rows of all chunks come as their records stand in Kafka, each block good until three more were asked for', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: chunksMax }), (all, chunkCount) => {
      const inOrder = all.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset);
      const chunks = Array.from({ length: chunkCount }, (_, chunk) =>
        write(
          chunk,
          inOrder.filter((row) => row.chunk % chunkCount === chunk),
        ),
      );
      expect(namesIn(rowsInOrder(chunks))).toEqual(inOrder.map(nameOf));
    }),
    { numRuns: 60 },
  );
});

/** The ids of all rows, each block read as late as it may be. */
function namesIn(blocks: Iterable<Buffer>): string[] {
  const held: Buffer[] = [];
  const read: Buffer[] = [];
  for (const block of blocks) {
    held.push(block);
    if (held.length === 4) read.push(...copies(held.splice(0, 1)));
  }
  return Array.from(copyRowsOf([...read, ...copies(held)]), firstTextOf);
}

function copies(blocks: readonly Buffer[]): Buffer[] {
  return blocks.map((block) => Buffer.from(block));
}

test('of chunks that are in no order every row comes once', () => {
  fc.assert(
    fc.property(rows, (all) => {
      const chunks = [0, 1].map((chunk) =>
        write(
          chunk,
          all.filter((row) => row.chunk % 2 === chunk),
        ),
      );
      expect(namesIn(rowsInOrder(chunks)).toSorted()).toEqual(all.map(nameOf).toSorted());
    }),
    { numRuns: 40 },
  );
});

test('a length that no field can have is damage, and told before all of the file is read', () => {
  const path = join(folder, 'damaged');
  using file = new StagedFileWriter(path);
  file.writeBytes(Buffer.from([0, transactionStream.sinks.transactions.columns.length, 0x7f, 0xff, 0xff, 0xff]));
  file.writeBytes(Buffer.alloc(1_000_000));
  const damaged = { path, checksum: file.finish() };
  expect(() => [...rowsInOrder([write(0, []), damaged])]).toThrow(/a row of COPY has a size of/);
});

test('files are closed when one of them is gone', () => {
  const row = { partition: 0, offset: 0, jurisdiction: '' };
  const gone = { path: join(folder, 'gone'), checksum: { sizeBytes: 1, crc32: 0 } };
  const before = openFiles();
  expect(() => [...rowsInOrder([write(0, [row]), write(1, [row]), gone])]).toThrow(/ENOENT/);
  expect(openFiles()).toBe(before);
});

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}

test('a chunk cut short is damaged', () => {
  const row = { partition: 0, offset: 0, jurisdiction: '' };
  const { path, checksum } = write(0, [row, { ...row, offset: 1 }]);
  const longer = { path, checksum: { ...checksum, sizeBytes: checksum.sizeBytes + 1 } };
  expect(() => [...rowsInOrder([longer, write(1, [row])])]).toThrow(StagedFileDamagedError);
});
