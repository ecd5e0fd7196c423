import { allOrNone } from './all-or-none.ts';
import type { Batch } from '../batch/batch.ts';
import type { Context } from '../program/context.ts';
import { acceptLossCommand, IntegrityError } from '../failures/errors.ts';
import type { KafkaSource } from '../kafka/kafka-source.ts';
import type { RawRecord } from '../kafka/raw-record.ts';
import { readPositions, type StoredPosition } from '../warehouse/positions.ts';
import { anchorOf } from './anchor.ts';
import { integrityStopOf } from '../failures/error-chain.ts';

/**
 * Checks the last loaded record of each partition that the batch reads: is it still what it was? Kafka's clients are
 * not notified when a topic is deleted and created again; its records are others then. An anchor that retention has
 * deleted can not be checked.
 * @throws IntegrityError when the topic is another one, with its incident.
 */
export async function checkAnchors(context: Context, batch: Batch): Promise<void> {
  const { topic, allowCompaction } = context.config.kafka;
  const source = await context.kafka();
  const isRead = new Set(
    batch.ranges.filter(({ fromOffset, nextOffset }) => fromOffset < nextOffset).map(({ partition }) => partition),
  );
  const lows = new Map((await source.partitionOffsets()).map(({ partition, lowOffset }) => [partition, lowOffset]));
  const positions = await readPositions(context.warehouse.db, topic);
  await allOrNone(
    positions.filter(({ partition }) => isRead.has(partition)),
    async (position, signal) => {
      const state = await anchorState(source, position, lows.get(position.partition) ?? 0n, signal, allowCompaction);
      if (state === 'another') throw recreated(topic, position);
    },
  );
}

/**
 * Compares the last loaded record of a partition with what the log has at its offset. Compaction may have removed it, where
 * that is allowed.
 */
export async function anchorState(
  source: KafkaSource,
  position: StoredPosition,
  lowOffset: bigint,
  signal: AbortSignal,
  isCompactionAllowed = false,
): Promise<AnchorState> {
  const { partition, anchorOffset, anchorTimestamp, anchorKeyHash } = position;
  if (anchorOffset === null || anchorOffset < lowOffset) return 'gone';
  try {
    const record = await recordAt(source, partition, Number(anchorOffset), signal);
    if (record === undefined && isCompactionAllowed) return 'gone';
    const found = record === undefined ? undefined : anchorOf(record);
    const isSame =
      found?.timestampMs === anchorTimestamp?.getTime() && found?.keyHash === anchorKeyHash?.toString('hex');
    return isSame ? 'same' : 'another';
  } catch (error) {
    // Retention may take it away at any moment, also at this one.
    if (integrityStopOf(error) !== undefined && (await isDeleted(source, partition, anchorOffset))) return 'gone';
    throw error;
  }
}

/** The single record at an offset, or undefined where the log has another one there or none. */
async function recordAt(
  source: KafkaSource,
  partition: number,
  offset: number,
  signal: AbortSignal,
): Promise<RawRecord | undefined> {
  const found: RawRecord[] = [];
  const range = { partition, fromOffset: offset, nextOffset: offset + 1 };
  await source.readRange(range, (records) => void found.push(...records), signal);
  return found[0];
}

async function isDeleted(source: KafkaSource, partition: number, offset: bigint): Promise<boolean> {
  const log = (await source.partitionOffsets()).find((offsets) => offsets.partition === partition);
  return log !== undefined && offset < log.lowOffset;
}

function recreated(topic: string, { partition, anchorOffset, nextOffset }: StoredPosition): IntegrityError {
  const message =
    `${topic} partition ${partition}: the record at offset ${anchorOffset} is not the one that was loaded last: ` +
    `the topic was deleted and made again, and what it held from offset ${nextOffset} on is lost (how much is not known)`;
  const incident = { kind: 'topic_recreated', topic, partition, fromOffset: nextOffset, nextOffset, message };
  return new IntegrityError(
    'topic_recreated',
    message,
    `to read the new topic from its start: ${acceptLossCommand(partition)}`,
    [incident],
  );
}

/** Of the record that was loaded last: still the same; another one; gone: there is none to compare with. */
export type AnchorState = 'same' | 'another' | 'gone';
