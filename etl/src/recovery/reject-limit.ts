import type { AcceptedRange } from '../batch/plan-ranges.ts';

/** How many records of a batch may be rejected before a person has to look. */
export interface RejectLimit {
  /** Ratio of rejected to read records, 0 to 1; a batch above it is halted. */
  readonly ratioMax: number;
  /** Fewer rejected records than these halt nothing, whatever their ratio. */
  readonly countMin: number;
}

/** True for a batch that must not be loaded before its rejects are accepted. */
export function exceedsRejectLimit(
  { readCount, rejectedCount }: { readonly readCount: number; readonly rejectedCount: number },
  limit: RejectLimit | undefined,
): boolean {
  return limit !== undefined && rejectedCount >= limit.countMin && rejectedCount > readCount * limit.ratioMax;
}

/** True when all that a batch reads lies within accepted ranges. */
export function isAccepted(ranges: readonly AcceptedRange[], accepted: readonly AcceptedRange[]): boolean {
  return ranges
    .filter(({ fromOffset, nextOffset }) => fromOffset < nextOffset)
    .every((range) =>
      accepted.some(
        ({ partition, epoch, fromOffset, nextOffset }) =>
          partition === range.partition &&
          epoch === range.epoch &&
          fromOffset <= range.fromOffset &&
          range.nextOffset <= nextOffset,
      ),
    );
}

/** The counts of several steps by reason, together, most first. */
export function topReasons(
  ...counts: readonly Readonly<Record<string, number>>[]
): { readonly reason: string; readonly count: number }[] {
  const sums = new Map<string, number>();
  for (const [reason, count] of counts.flatMap((each) => Object.entries(each))) {
    sums.set(reason, (sums.get(reason) ?? 0) + count);
  }
  return [...sums]
    .map(([reason, count]) => ({ reason, count }))
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}
