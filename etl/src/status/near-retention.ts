import type { Context } from '../program/context.ts';
import { integrityStopOf } from '../failures/error-chain.ts';

/** A partition whose oldest unread record Kafka may delete soon. */
export interface NearRetention {
  readonly partition: number;
  readonly offset: string;
  /** The record's time in Kafka. */
  readonly writtenAt: string;
  /** From then on Kafka may delete it. */
  readonly deletedFrom: string;
}

/** What is older than this part of the retention is worth a warning. */
const nearFrom = 0.75;
const lookedAt = 100;

/** Looks at the oldest record that is not loaded, of each partition that has one. */
export async function nearRetention(
  context: Context,
  partitions: readonly { readonly partition: number; readonly position: string; readonly lag: number }[],
  retentionMs: number | null,
  now: Date,
): Promise<readonly NearRetention[]> {
  const behind = partitions.filter(({ lag }) => lag > 0);
  if (retentionMs === null || behind.length === 0) return [];
  const near: NearRetention[] = [];
  for (const { partition, position, lag } of behind) {
    const record = await firstRecord(context, partition, Number(position), Math.min(lag, lookedAt));
    if (record === undefined || now.getTime() - record.timestampMs < retentionMs * nearFrom) continue;
    near.push({
      partition,
      offset: String(record.offset),
      writtenAt: new Date(record.timestampMs).toISOString(),
      deletedFrom: new Date(record.timestampMs + retentionMs).toISOString(),
    });
  }
  return near;
}

/** What Kafka has deleted already, or can not be read, stops the next batch, with its incident. */
async function firstRecord(
  context: Context,
  partition: number,
  position: number,
  count: number,
): Promise<{ readonly offset: number; readonly timestampMs: number } | undefined> {
  const source = await context.kafka();
  let first: { readonly offset: number; readonly timestampMs: number } | undefined;
  const range = { partition, fromOffset: position, nextOffset: position + count };
  try {
    await source.readRange(
      range,
      ([record]) => {
        if (record !== undefined) first ??= { offset: record.offset, timestampMs: record.timestampMs };
      },
      new AbortController().signal,
    );
  } catch (error) {
    if (integrityStopOf(error) === undefined) throw error;
  }
  return first;
}
