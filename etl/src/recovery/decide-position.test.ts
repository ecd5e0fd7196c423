import { expect, test } from 'vitest';

import { decidePosition } from './decide-position.ts';

const position = { partition: 1, epoch: 2, nextOffset: 10n };
const aLog = (lowOffset: bigint, endOffset: bigint) => ({ partition: 1, lowOffset, endOffset });

test('deleted records are skipped, and how many is said', () => {
  expect(decidePosition(position, aLog(15n, 20n), 'gone')).toMatchObject({
    kind: 'truncated_before_position',
    next: { epoch: 2, nextOffset: 15n },
    lostCount: 5,
    accepted: { action: 'skipped', positionBefore: '10', positionAfter: '15' },
  });
});

test.each([
  ['a log that ends before the position', aLog(3n, 7n), 'gone'],
  ['another record where the last one was', aLog(3n, 20n), 'another'],
] as const)('%s begins a new epoch at the start of the log', (_, log, anchor) => {
  expect(decidePosition(position, log, anchor)).toMatchObject({
    next: { epoch: 3, nextOffset: 3n },
    lostCount: null,
    accepted: { action: 'epoch_raised', epochBefore: 2, epochAfter: 3 },
  });
});

test('the position of a partition that is gone is removed', () => {
  expect(decidePosition(position, undefined, 'gone')).toMatchObject({ kind: 'partition_missing', next: null });
});

test('a position that fits the log stays as it is', () => {
  expect(decidePosition(position, aLog(0n, 10n), 'same')).toMatchObject({
    kind: 'nothing_lost',
    next: { epoch: 2, nextOffset: 10n },
  });
});
