import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { StagedStep } from '../../staging/staging.ts';
import type { ValidateFacts } from '../../batch/step-folders.ts';
import { validAt, ValidFilesWriter, validFilesOf } from './valid-files.ts';
import { readValid, type ValidTransaction } from './valid-transaction.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shares-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Few, so that each has several sales. */
const customerId = fc.constantFrom('a', 'b', 'c', 'ab', 'bé', '№', '7');

test('every sale is in the file of its customer, and is found again at its place', () => {
  fc.assert(
    fc.property(fc.array(customerId, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (customers, shareCount) => {
      const files = validFilesOf(stage(customers, shareCount));
      expect(files).toHaveLength(shareCount);
      const read = files.map((file) => [...readValid(file)].flat());
      const sales = read.flat();
      expect(sales.map(({ orderId }) => orderId).toSorted()).toEqual(customers.map((_, sale) => `${sale}`).toSorted());
      expect(sales.map(({ place }) => validAt(files, place).orderId)).toEqual(sales.map(({ orderId }) => orderId));
      const homes = read.map((share) => new Set(share.map(customerOf)));
      expect(homes.reduce((sum, { size }) => sum + size, 0)).toBe(new Set(customers).size);
    }),
    { numRuns: 60 },
  );
});

/** Stages a sale of each of these customers, with its number as its order id. */
function stage(customers: readonly string[], shareCount: number): StagedStep<ValidateFacts> {
  rmSync(folder, { recursive: true });
  folder = mkdtempSync(join(tmpdir(), 'shares-'));
  using writer = new ValidFilesWriter(folder, shareCount);
  customers.forEach((customer, sale) =>
    writer.write(
      {
        orderId: `${sale}`,
        customerId: customer,
        amountMinor: 1n,
        timestampMs: 0,
        microseconds: 0,
        localDay: 0,
        currency: 'USD',
        productCategory: 'toys',
        country: '',
      },
      '0'.repeat(64),
      0,
      { partition: 0, epoch: 0, offset: sale, recordMs: 0, framePosition: 0 },
    ),
  );
  const facts = {
    shareCount,
    scatteredShares: writer.scatteredShares(),
    validCount: customers.length,
    otherKeyCount: 0,
    noKeyCount: 0,
    rejectedCount: 0,
    rejectedByPartition: [],
    reasons: {},
    oldestTransactionMs: null,
    newestTransactionMs: null,
  };
  return { folder, facts, files: writer.seal() };
}

function customerOf({ source, customerIdAt, customerIdEnd }: ValidTransaction): string {
  return source.toString('utf8', customerIdAt, customerIdEnd);
}
