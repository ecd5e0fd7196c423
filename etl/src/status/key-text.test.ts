import { expect, test } from 'vitest';

import { keyText } from './key-text.ts';

const keyed = { hours: 24, readCount: 20_000, otherKeyCount: 0, noKeyCount: 0, scatteredCustomerCount: 0 };

test.each([
  [{}, "the customer's id of 20,000 records in 24 h"],
  [
    { otherKeyCount: 3 },
    "not the customer's id for 3 of 20,000 records in 24 h; no customer was in several partitions of a batch",
  ],
  [
    { otherKeyCount: 20_000, noKeyCount: 1990, scatteredCustomerCount: 800 },
    "not the customer's id for 20,000 of 20,000 records in 24 h (1,990 had none); up to 800 customers were in several partitions of a batch: taken by time within it, across batches as they came",
  ],
  // Another partitioner, or more partitions than before.
  [
    { scatteredCustomerCount: 2 },
    "not the customer's id for 0 of 20,000 records in 24 h; up to 2 customers were in several partitions of a batch: taken by time within it, across batches as they came",
  ],
])('the keys of records are counted in words, with what follows from them: %o', (changes, text) => {
  expect(keyText({ ...keyed, ...changes })).toBe(text);
});
