/** Where one partition's log begins and ends. */
export interface PartitionOffsets {
  readonly partition: number;
  /** First offset that can still be read. */
  readonly lowOffset: bigint;
  /** The last stable offset: one after the last record that a committed reader may see. */
  readonly endOffset: bigint;
}

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
}

/** What keeps a range from being read whole. Every one stops the pipeline until somebody accepts the loss. */
export type RangeFault =
  | { readonly kind: 'partition_missing'; readonly partition: number }
  | {
      readonly kind: 'truncated_before_position' | 'position_after_end';
      readonly partition: number;
      readonly fromOffset: bigint;
      readonly nextOffset: bigint;
    };

export type Plan =
  | { readonly kind: 'planned'; readonly ranges: readonly PlannedRange[] }
  | { readonly kind: 'faulty'; readonly faults: readonly [RangeFault, ...RangeFault[]] };

/**
 * Decides what a batch reads: from each stored position to the log's end, together at most `sizeMax` offsets,
 * shared out by backlog. Every position needs its partition, and must lie within the log.
 */
export function planRanges(
  positions: readonly Position[],
  offsets: readonly PartitionOffsets[],
  sizeMax: number,
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
  const shares = shareOut(
    open.map(({ fromOffset, endOffset }) => endOffset - fromOffset),
    BigInt(sizeMax),
  );
  const ranges = open.map((range, index) => ({ ...range, nextOffset: range.fromOffset + (shares[index] ?? 0n) }));
  return { kind: 'planned', ranges };
}

function rangeFaults(position: Position, log: PartitionOffsets | undefined): RangeFault[] {
  const { partition, nextOffset } = position;
  if (log === undefined) return [{ kind: 'partition_missing', partition }];
  if (nextOffset < log.lowOffset) {
    return [{ kind: 'truncated_before_position', partition, fromOffset: nextOffset, nextOffset: log.lowOffset }];
  }
  if (nextOffset > log.endOffset) {
    return [{ kind: 'position_after_end', partition, fromOffset: log.endOffset, nextOffset }];
  }
  return [];
}

/** Shares of `total` in proportion to the backlogs; what rounding leaves over goes to the first that have room. */
function shareOut(backlogs: readonly bigint[], total: bigint): bigint[] {
  const backlog = backlogs.reduce((sum, each) => sum + each, 0n);
  if (backlog <= total) return [...backlogs];
  const shares = backlogs.map((each) => (each * total) / backlog);
  let left = total - shares.reduce((sum, each) => sum + each, 0n);
  return shares.map((share, index) => {
    const room = (backlogs[index] ?? 0n) - share;
    const extra = room < left ? room : left;
    left -= extra;
    return share + extra;
  });
}
