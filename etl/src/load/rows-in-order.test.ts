import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { copyRowsOf, firstTextOf } from '../batch/copy-binary.ts';
import { transactionColumns } from '../batch/copy-columns.ts';
import { CopyFileWriter } from '../batch/copy-file-writer.ts';
import type { SealedFile } from '../batch/merge-records.ts';
import { rowsInOrder } from './rows-in-order.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rows-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Row {
  readonly orderId: string;
  readonly timestampMs: number;
  readonly jurisdiction: string;
}

/** Rows as the transform writes them, but with nothing in most of their columns. */
function write(name: string, rows: readonly Row[]): SealedFile {
  const path = join(folder, name);
  rmSync(path, { force: true });
  using file = new CopyFileWriter(path, transactionColumns);
  for (const { orderId, timestampMs, jurisdiction } of rows) {
    const fields = file.beginRow();
    for (const column of transactionColumns) {
      if (column === 'order_id') fields.text(orderId);
      else if (column === 'transaction_timestamp') fields.timestamp(timestampMs, 0);
      else if (column === 'tax_jurisdiction') fields.text(jurisdiction);
      else fields.null();
    }
  }
  return { path, seal: file.seal() };
}

const row: fc.Arbitrary<Row> = fc.record({
  orderId: fc.uuid(),
  timestampMs: fc.oneof(fc.nat(2000), fc.integer({ min: Date.UTC(1, 0), max: Date.UTC(9999, 0) })),
  jurisdiction: fc.oneof(fc.string({ maxLength: 10 }), fc.constant('x'.repeat(50_000))),
});
const shares = fc.array(fc.array(row, { maxLength: 30 }), { minLength: 1, maxLength: 5 });

/** Each chunk is copied at once, for it is good for a while only. */
function orderIds(files: readonly SealedFile[]): string[] {
  return Array.from(copyRowsOf(rowsInOrder(files)), firstTextOf);
}

test('the rows of all shares come in the order of their event times', () => {
  fc.assert(
    fc.property(shares, (all) => {
      const inTime = all.map((rows) => rows.toSorted((a, b) => a.timestampMs - b.timestampMs));
      const files = inTime.map((rows, share) => write(`share-${share}`, rows));
      const expected = inTime.flat().toSorted((a, b) => a.timestampMs - b.timestampMs);
      expect(orderIds(files)).toEqual(expected.map(({ orderId }) => orderId));
    }),
    { numRuns: 40 },
  );
});

test('of shares that are in no order every row comes once', () => {
  fc.assert(
    fc.property(shares, (all) => {
      const files = all.map((rows, share) => write(`share-${share}`, rows));
      const expected = all.flat().map(({ orderId }) => orderId);
      expect(orderIds(files).toSorted()).toEqual(expected.toSorted());
    }),
    { numRuns: 40 },
  );
});
