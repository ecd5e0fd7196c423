import type { IncidentDetails } from '@pulse/migrations/schema';

import type { Position } from '../batch/plan-ranges.ts';
import type { AnchorState } from '../extract/check-anchors.ts';
import type { PartitionOffsets } from '../kafka/kafka-client.ts';

/** The change of a position that lets the pipeline go on, and what it gives up. */
export interface PositionChange {
  readonly kind: string;
  readonly accepted: NonNullable<IncidentDetails['accepted']>;
  /** Where the partition goes on; null removes its position. */
  readonly next: { readonly epoch: number; readonly nextOffset: bigint } | null;
  readonly lostCount: number | null;
  readonly message: string;
}

/**
 * Decides how a partition goes on, from what is stored and what Kafka has now. Pure.
 * Within an epoch offsets never go back: where they begin again, the epoch is raised.
 */
export function decidePosition(
  position: Position,
  log: PartitionOffsets | undefined,
  anchor: AnchorState,
): PositionChange {
  const { partition, epoch, nextOffset } = position;
  const before = { epochBefore: epoch, positionBefore: String(nextOffset) };
  if (log === undefined) {
    return {
      kind: 'partition_missing',
      accepted: { action: 'position_removed', ...before, epochAfter: null, positionAfter: null },
      next: null,
      lostCount: null,
      message: `partition ${partition} is not read any more; if it comes back, it is read from its start`,
    };
  }
  const { lowOffset, endOffset } = log;
  if (nextOffset > endOffset || anchor === 'another') {
    const next = { epoch: epoch + 1, nextOffset: lowOffset };
    return {
      kind: nextOffset > endOffset ? 'position_after_end' : 'topic_recreated',
      accepted: { action: 'epoch_raised', ...before, epochAfter: next.epoch, positionAfter: String(lowOffset) },
      next,
      lostCount: null,
      message: `partition ${partition} is read from its start, offset ${lowOffset}, as epoch ${next.epoch}`,
    };
  }
  if (nextOffset < lowOffset) {
    const lostCount = Number(lowOffset - nextOffset);
    return {
      kind: 'truncated_before_position',
      accepted: { action: 'skipped', ...before, epochAfter: epoch, positionAfter: String(lowOffset) },
      next: { epoch, nextOffset: lowOffset },
      lostCount,
      message: `partition ${partition} goes on at offset ${lowOffset}: offsets ${nextOffset} to ${lowOffset - 1n} are given up (${lostCount})`,
    };
  }
  return {
    kind: 'nothing_lost',
    accepted: { action: 'nothing_to_change', ...before, epochAfter: epoch, positionAfter: String(nextOffset) },
    next: { epoch, nextOffset },
    lostCount: null,
    message: `partition ${partition}: position ${nextOffset} fits the log (${lowOffset} to ${endOffset}), nothing is changed`,
  };
}

/** Who decides, why, and whether only to report what would be done. */
export interface Decision {
  readonly by: string;
  readonly reason: string;
  readonly dryRun: boolean;
}
