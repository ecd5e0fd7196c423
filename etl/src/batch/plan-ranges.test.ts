import fc from 'fast-check';
import { expect, test } from 'vitest';

import { planRanges, type Position } from './plan-ranges.ts';
import type { PartitionOffsets } from '../kafka/kafka-client.ts';

const aPosition = (partition: number, nextOffset: bigint): Position => ({ partition, epoch: 0, nextOffset });
const aLog = (partition: number, lowOffset: bigint, endOffset: bigint): PartitionOffsets => ({
  partition,
  lowOffset,
  endOffset,
});

test('a batch reads from the stored positions to the ends of the logs', () => {
  const plan = planRanges([aPosition(1, 7n), aPosition(0, 5n)], [aLog(0, 0n, 9n), aLog(1, 7n, 7n)], 100);
  expect(plan).toEqual({
    kind: 'planned',
    ranges: [
      { partition: 0, epoch: 0, fromOffset: 5n, nextOffset: 9n, endOffset: 9n },
      { partition: 1, epoch: 0, fromOffset: 7n, nextOffset: 7n, endOffset: 7n },
    ],
  });
});

test.each([
  ['a partition that is gone', [], { kind: 'partition_missing', partition: 0, fromOffset: 5n, nextOffset: 5n }],
  [
    'a position below the start of the log',
    [aLog(0, 8n, 9n)],
    { kind: 'truncated_before_position', partition: 0, fromOffset: 5n, nextOffset: 8n },
  ],
  [
    'a position beyond the end of the log',
    [aLog(0, 0n, 3n)],
    { kind: 'position_after_end', partition: 0, fromOffset: 3n, nextOffset: 5n },
  ],
] as const)('%s is a fault, never a reset', (_, logs, fault) => {
  expect(planRanges([aPosition(0, 5n)], logs, 100)).toEqual({ kind: 'faulty', faults: [fault] });
});

const backlogs = fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 12 });

test('ranges never pass the cap nor the end of a log, and the cap is used up while there is backlog', () => {
  fc.assert(
    fc.property(backlogs, fc.integer({ min: 1, max: 2_000_000 }), (sizes, sizeMax) => {
      const positions = sizes.map((_, partition) => aPosition(partition, 1000n));
      const logs = sizes.map((size, partition) => aLog(partition, 3n, 1000n + size));
      const plan = planRanges(positions, logs, sizeMax);
      if (plan.kind === 'faulty') throw new Error('a sound log has no fault');
      const planned = plan.ranges.map(({ fromOffset, nextOffset }) => nextOffset - fromOffset);
      const sum = planned.reduce((total, each) => total + each, 0n);
      const backlog = sizes.reduce((total, each) => total + each, 0n);
      expect(sum).toBe(backlog < BigInt(sizeMax) ? backlog : BigInt(sizeMax));
      expect(planned.every((size, index) => size >= 0n && size <= (sizes[index] ?? 0n))).toBe(true);
    }),
  );
});
