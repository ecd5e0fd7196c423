import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { aTransactionRecord } from './transactions/transaction-record-builder.ts';
import { transactionStream } from './transactions/transactions.ts';
import { readValid, readValidAt, ValidFileWriter, type ValidRecord } from './valid-record.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'valid-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 });

const written = fc.record({
  record: fc
    .record({
      orderId: text,
      amount: fc.record({
        minor: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
        exponent: fc.constantFrom(0 as const, 2 as const, 3 as const),
      }),
      currency: fc.constantFrom('USD', 'JPY', 'KWD'),
      timestamp: fc.record({
        epochMs: fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(9999, 0) }),
        microseconds: fc.nat(999),
        localDate: fc.constant(''),
        localDay: fc.integer({ min: -25_000, max: 2_900_000 }),
      }),
      customerId: text,
      productCategory: text,
      country: fc.constantFrom('', 'US'),
    })
    .map(aTransactionRecord),
  contentDigest: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  marketNumber: fc.nat(2 ** 31),
  coordinates: fc.record({
    partition: fc.nat(),
    epoch: fc.nat(),
    offset: fc.maxSafeNat(),
    recordMs: fc.integer({ min: Date.UTC(1000, 0), max: Date.UTC(9999, 0) }),
    framePosition: fc.maxSafeNat(),
  }),
});
type Written = typeof written extends fc.Arbitrary<infer Value> ? Value : never;

const asWritten = ({ record, contentDigest, marketNumber, coordinates }: Written) => ({
  orderId: record.orderId,
  customerId: record.customerId,
  amountMinor: record.amount.minor,
  timestampMs: record.timestamp.epochMs,
  localDay: record.timestamp.localDay,
  contentHash: contentDigest.slice(0, 32),
  marketNumber,
  partition: coordinates.partition,
  offset: coordinates.offset,
  recordMs: coordinates.recordMs,
  framePosition: coordinates.framePosition,
});

const asRead = (t: ValidRecord) => ({
  orderId: t.id,
  customerId: t.source.toString('utf8', t.customerIdAt, t.customerIdEnd),
  amountMinor: t.amountMinor,
  timestampMs: t.timestampMs,
  localDay: t.localDay,
  contentHash: t.contentHash,
  marketNumber: t.marketNumber,
  partition: t.partition,
  offset: t.offset,
  recordMs: t.recordMs,
  framePosition: t.framePosition,
});

test('transactions come out as they were staged, and each is found again at its position', () => {
  fc.assert(
    fc.property(fc.array(written, { maxLength: 40 }), fc.nat(2 ** 31), (all, firstPosition) => {
      const path = join(folder, 'valid.bin');
      rmSync(path, { force: true });
      using file = new ValidFileWriter(path, transactionStream.stagedColumns);
      for (const { marketNumber, ...staged } of all) file.write(staged, marketNumber);
      const staged = { path, checksum: file.finish(), layout: transactionStream.layout, firstPosition };
      const read = [...readValid(staged)].flat();
      expect(read.map(asRead)).toEqual(all.map(asWritten));
      expect(read.map(({ position }) => asRead(readValidAt(staged, position)))).toEqual(all.map(asWritten));
    }),
    { numRuns: 100 },
  );
});
