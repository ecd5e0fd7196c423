import type { PartitionOffsets } from '../kafka/kafka-client.ts';

/** Where the next batch begins in one partition. */
export interface Position {
  readonly partition: number;
  readonly epoch: number;
  readonly nextOffset: bigint;
}

/** What a batch reads of one partition: from `fromOffset` up to, not including, `nextOffset`. */
export interface PlannedRange {
  readonly partition: number;
  readonly epoch: number;
  readonly fromOffset: bigint;
  readonly nextOffset: bigint;
  /** The log's end when the batch was planned. */
  readonly endOffset: bigint;
  /** The end behind what an open transaction holds at that time; null where the plan did not ask Kafka. */
  readonly highWatermark?: bigint | null;
}

/** Offsets of one partition whose rejects were accepted. */
export type AcceptedRange = Pick<PlannedRange, 'partition' | 'epoch' | 'fromOffset' | 'nextOffset'>;

/** What keeps a range from being read whole. Each one stops the pipeline until the loss is accepted. */
export interface RangeFault {
  readonly kind: 'partition_missing' | 'truncated_before_position' | 'position_after_end';
  readonly partition: number;
  /** The offsets that are not there: of a missing partition none are known, and both are its position. */
  readonly fromOffset: bigint;
  readonly nextOffset: bigint;
}

export type Plan =
  | { readonly kind: 'planned'; readonly ranges: readonly PlannedRange[] }
  | { readonly kind: 'faulty'; readonly faults: readonly [RangeFault, ...RangeFault[]] };

/**
 * Decides what a batch reads: from each stored position to the log's end, together at most `sizeMax` offsets,
 * allocated by backlog. Every position needs its partition, and must lie within the log.
 * @param accepted - Ranges whose rejects were accepted: while one of them is not read, only they are, so that what was
 * accepted is let pass and nothing else with it.
 */
export function planRanges(
  positions: readonly Position[],
  offsets: readonly PartitionOffsets[],
  sizeMax: number,
  accepted: readonly AcceptedRange[] = [],
): Plan {
  const logs = new Map(offsets.map((log) => [log.partition, log]));
  const ordered = positions.toSorted((a, b) => a.partition - b.partition);
  const [firstFault, ...otherFaults] = ordered.flatMap((position) =>
    rangeFaults(position, logs.get(position.partition)),
  );
  if (firstFault !== undefined) return { kind: 'faulty', faults: [firstFault, ...otherFaults] };

  const open = ordered.map(({ partition, epoch, nextOffset }) => {
    const endOffset = logs.get(partition)?.endOffset ?? nextOffset;
    return { partition, epoch, fromOffset: nextOffset, endOffset };
  });
  const acceptedEnds = open.map((range) => acceptedEnd(range, accepted));
  const isHeld = acceptedEnds.some((end) => end !== undefined);
  const counts = allocate(
    open.map(({ fromOffset, endOffset }, index) => {
      const end = isHeld ? (acceptedEnds[index] ?? fromOffset) : endOffset;
      return (end < endOffset ? end : endOffset) - fromOffset;
    }),
    BigInt(sizeMax),
  );
  const ranges = open.map((range, index) => ({ ...range, nextOffset: range.fromOffset + (counts[index] ?? 0n) }));
  return { kind: 'planned', ranges };
}

function rangeFaults(position: Position, log: PartitionOffsets | undefined): RangeFault[] {
  const { partition, nextOffset } = position;
  if (log === undefined) {
    return [{ kind: 'partition_missing', partition, fromOffset: nextOffset, nextOffset }];
  }
  if (nextOffset < log.lowOffset) {
    return [{ kind: 'truncated_before_position', partition, fromOffset: nextOffset, nextOffset: log.lowOffset }];
  }
  if (nextOffset > log.endOffset) {
    return [{ kind: 'position_after_end', partition, fromOffset: log.endOffset, nextOffset }];
  }
  return [];
}

/** Where the accepted range ends that a position lies in, or undefined. */
function acceptedEnd(
  position: Pick<PlannedRange, 'partition' | 'epoch' | 'fromOffset'>,
  accepted: readonly AcceptedRange[],
): bigint | undefined {
  return accepted.find(
    ({ partition, epoch, fromOffset, nextOffset }) =>
      partition === position.partition &&
      epoch === position.epoch &&
      fromOffset <= position.fromOffset &&
      position.fromOffset < nextOffset,
  )?.nextOffset;
}

/** Allocates `total` in proportion to the backlogs; what rounding leaves goes to the first that have room. */
function allocate(backlogs: readonly bigint[], total: bigint): bigint[] {
  const backlog = backlogs.reduce((sum, each) => sum + each, 0n);
  if (backlog <= total) return [...backlogs];
  const counts = backlogs.map((each) => (each * total) / backlog);
  let left = total - counts.reduce((sum, each) => sum + each, 0n);
  return counts.map((count, index) => {
    const room = (backlogs[index] ?? 0n) - count;
    const extra = room < left ? room : left;
    left -= extra;
    return count + extra;
  });
}
