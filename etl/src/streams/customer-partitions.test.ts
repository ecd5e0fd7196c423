import fc from 'fast-check';
import { expect, test } from 'vitest';

import { CustomerPartitions } from './customer-partitions.ts';

const record = fc.record({
  hash: fc.oneof(fc.nat(20), fc.integer({ min: 1, max: 2 ** 32 - 1 })),
  partition: fc.oneof(fc.nat(2), fc.nat()),
});

test('a customer is scattered as soon as it comes in a partition that is not its first', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 3000, size: 'max' }), (records) => {
      const partitions = new CustomerPartitions();
      const first = new Map<number, number>();
      for (const { hash, partition } of records) {
        const known = first.get(hash);
        expect(partitions.isScattered(hash, partition)).toBe(known !== undefined && known !== partition);
        if (known === undefined) first.set(hash, partition);
      }
    }),
    { numRuns: 30 },
  );
});

test('customers beyond a million may all be scattered, and those before are still known', () => {
  const partitions = new CustomerPartitions();
  for (let hash = 1; hash <= 2 ** 20; hash += 1) partitions.isScattered(hash, hash % 3);
  expect(partitions.isScattered(2 ** 20 + 1, 0)).toBe(true);
  expect(partitions.isScattered(2 ** 20, 2 ** 20 % 3)).toBe(false);
  expect(partitions.isScattered(1, 2)).toBe(true);
});
