import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { readValid, readValidAt, ValidFileWriter, type ValidTransaction } from './valid-transaction.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'valid-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 });

const written = fc.record({
  sale: fc.record({
    orderId: text,
    customerId: text,
    amountMinor: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
    timestampMs: fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(9999, 0) }),
    microseconds: fc.nat(999),
    localDay: fc.integer({ min: -25_000, max: 2_900_000 }),
    currency: fc.constantFrom('USD', 'JPY', 'KWD'),
    productCategory: text,
    country: fc.constantFrom('', 'US'),
  }),
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

const asWritten = ({ sale, contentDigest, marketNumber, coordinates }: Written) => ({
  orderId: sale.orderId,
  customerId: sale.customerId,
  amountMinor: sale.amountMinor,
  timestampMs: sale.timestampMs,
  localDay: sale.localDay,
  contentHash: contentDigest.slice(0, 32),
  marketNumber,
  partition: coordinates.partition,
  offset: coordinates.offset,
  recordMs: coordinates.recordMs,
  framePosition: coordinates.framePosition,
});

const asRead = (t: ValidTransaction) => ({
  orderId: t.orderId,
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

test('transactions come out as they were staged, and each is found again at its place', () => {
  fc.assert(
    fc.property(fc.array(written, { maxLength: 40 }), fc.nat(2 ** 31), (all, firstPlace) => {
      const path = join(folder, 'valid.bin');
      rmSync(path, { force: true });
      using file = new ValidFileWriter(path);
      for (const { sale, contentDigest, marketNumber, coordinates } of all) {
        file.write(sale, contentDigest, marketNumber, coordinates);
      }
      const staged = { path, seal: file.seal(), firstPlace };
      const read = [...readValid(staged)].flat();
      expect(read.map(asRead)).toEqual(all.map(asWritten));
      expect(read.map(({ place }) => asRead(readValidAt(staged, place)))).toEqual(all.map(asWritten));
    }),
    { numRuns: 100 },
  );
});
