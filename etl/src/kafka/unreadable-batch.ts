import { acceptLossCommand, IntegrityError } from '../failures/errors.ts';
import type { Unreadable } from './kafka-client.ts';

/** The integrity stop for a record batch that can not be read, with its incident. */
export function unreadableBatch(
  topic: string,
  batch: {
    readonly partition: number;
    readonly epoch: number;
    readonly fromOffset: number;
    readonly nextOffset: number;
  },
  { kind, message: reason, recordCount }: Unreadable,
): IntegrityError {
  const { partition, epoch, fromOffset, nextOffset } = batch;
  const message =
    `${topic} partition ${partition}: the record batch at offsets ${fromOffset} to ${nextOffset - 1} ` +
    `(${recordCount} records) can not be read: ${reason}`;
  const ranges = [{ partition, epoch, fromOffset: String(fromOffset), nextOffset: String(nextOffset) }];
  const incident = {
    kind,
    topic,
    partition,
    fromOffset: BigInt(fromOffset),
    nextOffset: BigInt(nextOffset),
    lostCount: recordCount,
    message,
    details: { ranges },
  };
  const first =
    kind === 'unknown_codec'
      ? 'update to a release that reads this codec, or let the producer send the records again with another'
      : 'find out who wrote it, and let the records be sent again';
  return new IntegrityError(
    kind,
    message,
    `${first}; to go on without these records: ${acceptLossCommand(partition)}`,
    [incident],
  );
}
