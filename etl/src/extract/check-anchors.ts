import { allOrNone } from '../all-or-none.ts';
import type { Batch } from '../batch/batch.ts';
import type { Context } from '../context.ts';
import { IntegrityError } from '../errors.ts';
import { readRecordAt } from '../kafka/read-range.ts';
import { reportIncident } from '../warehouse/incidents.ts';
import { readPositions, type StoredPosition } from '../warehouse/positions.ts';
import { anchorOf } from './extract-batch.ts';

/**
 * Looks at the last loaded record of each partition that the batch reads: is it still what it was? Kafka's clients are
 * not told when a topic is deleted and made again, but its records are others then. An anchor that retention has
 * deleted can not be looked at.
 * @throws IntegrityError when the topic is another one; an incident is open then.
 */
export async function checkAnchors(context: Context, batch: Batch): Promise<void> {
  const { topic } = context.config.kafka;
  const source = await context.kafka();
  const offsets = await source.partitionOffsets();
  const lows = new Map(offsets.map(({ partition, lowOffset }) => [partition, lowOffset]));
  const isRead = new Set(
    batch.ranges.filter(({ fromOffset, nextOffset }) => fromOffset < nextOffset).map(({ partition }) => partition),
  );
  const positions = await readPositions(context.warehouse.db, topic);
  const anchored = positions
    .filter(({ partition, anchorOffset }) => isRead.has(partition) && anchorOffset !== null)
    .filter(({ partition, anchorOffset }) => (anchorOffset ?? 0n) >= (lows.get(partition) ?? 0n));
  await allOrNone(anchored, async (position, signal) => checkAnchor(context, topic, position, batch.batchId, signal));
}

async function checkAnchor(
  context: Context,
  topic: string,
  position: StoredPosition,
  batchId: string,
  signal: AbortSignal,
): Promise<void> {
  const { partition, anchorOffset, anchorTimestamp, anchorKeyHash } = position;
  const record = await readRecordAt(await context.kafka(), partition, Number(anchorOffset), signal);
  if (record !== undefined) {
    const found = anchorOf(record);
    if (found.timestampMs === anchorTimestamp?.getTime() && found.keyHash === anchorKeyHash?.toString('hex')) return;
  }
  const message =
    `${topic} partition ${partition}: the record at offset ${anchorOffset} is not the one that was loaded last: ` +
    'the topic was deleted and made again';
  await reportIncident(context.warehouse.db, { kind: 'topic_recreated', topic, partition, batchId, message });
  throw new IntegrityError(
    'topic_recreated',
    message,
    `to read the new topic from its start: etl resume --accept-loss --partition ${partition} --reason "…"`,
  );
}
