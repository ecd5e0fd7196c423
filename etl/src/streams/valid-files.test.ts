import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { StagedStep } from '../staging/staging.ts';
import type { ValidateFacts } from '../batch/step-folders.ts';
import { validAt, ValidFilesWriter, validFilesOf } from './valid-files.ts';
import { aTransactionRecord } from './transactions/transaction-record-builder.ts';
import { transactionStream } from './transactions/transactions.ts';
import { readValid, type ValidRecord } from './valid-record.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chunks-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Few, so that each has several transactions. */
const customerId = fc.constantFrom('a', 'b', 'c', 'ab', 'bé', '№', '7');

test('every transaction is in the file of its customer, and is found again at its position', () => {
  fc.assert(
    fc.property(fc.array(customerId, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (customers, chunkCount) => {
      const files = validFilesOf(stage(customers, chunkCount), transactionStream.layout);
      expect(files).toHaveLength(chunkCount);
      const read = files.map((file) => [...readValid(file)].flat());
      const sales = read.flat();
      expect(sales.map(({ id }) => id).toSorted()).toEqual(customers.map((_, sale) => `${sale}`).toSorted());
      expect(sales.map(({ position }) => validAt(files, position).id)).toEqual(sales.map(({ id }) => id));
      const homes = read.map((chunk) => new Set(chunk.map(customerOf)));
      expect(homes.reduce((sum, { size }) => sum + size, 0)).toBe(new Set(customers).size);
    }),
    { numRuns: 60 },
  );
});

/** Stages a transaction of each of these customers, with its number as its order id. */
function stage(customers: readonly string[], chunkCount: number): StagedStep<ValidateFacts> {
  rmSync(folder, { recursive: true });
  folder = mkdtempSync(join(tmpdir(), 'chunks-'));
  using writer = new ValidFilesWriter(folder, chunkCount, transactionStream.stagedColumns);
  customers.forEach((customer, sale) =>
    writer.write(
      {
        record: aTransactionRecord({
          orderId: `${sale}`,
          customerId: customer,
          amount: { minor: 1n, exponent: 2 },
          timestamp: { epochMs: 0, microseconds: 0, localDate: '1970-01-01', localDay: 0 },
          currency: 'USD',
          productCategory: 'toys',
          country: '',
        }),
        contentDigest: '0'.repeat(64),
        coordinates: { partition: 0, epoch: 0, offset: sale, recordMs: 0, framePosition: 0 },
      },
      0,
    ),
  );
  const facts = {
    chunkCount,
    scatteredChunks: writer.scatteredChunks(),
    validCount: customers.length,
    otherKeyCount: 0,
    noKeyCount: 0,
    rejectedCount: 0,
    rejectedByPartition: [],
    reasons: {},
    oldestTransactionMs: null,
    newestTransactionMs: null,
  };
  return { folder, facts, files: writer.finish() };
}

function customerOf({ source, customerIdAt, customerIdEnd }: ValidRecord): string {
  return source.toString('utf8', customerIdAt, customerIdEnd);
}
